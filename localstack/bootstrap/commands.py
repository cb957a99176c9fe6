"""Runs commands, and installs packages of the system."""

import os
import shutil
import subprocess
from pathlib import Path

from bootstrap.places import ROOT


class CannotGoOn(Exception):
    """Its text is printed as it is."""


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def run_quietly(*command: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> int:
    return subprocess.run(
        command, check=False, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode


def apt_install(*packages: str) -> bool:
    """Install system packages; False if this user may not, or the system has no apt."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and run_quietly("sudo", "-n", "true") != 0:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    if run_quietly(*install, env=quiet) == 0:
        return True
    # The system may have no package lists, or old ones.
    run_quietly(*prefix, "apt-get", "update", "-qq", env=quiet)
    return run_quietly(*install, env=quiet) == 0
