"""Installs the peers that a benchmark compares with, each into an environment of its own."""

import subprocess
import sys
import time

from support.figures import progress

_PAUSES = (5.0, 20.0)


def install(names: list[str]) -> None:
    """Install the peers that are named. One that cannot be installed is reported as missing when it is started."""
    for name in names:
        for pause in (*_PAUSES, None):
            command = [sys.executable, "-m", "bootstrap", name]
            if subprocess.run(command, check=False, stdout=sys.stderr).returncode == 0 or pause is None:
                break
            progress(f"installing {name} again in {pause:.0f} s")
            time.sleep(pause)
