"""Makes a bare machine able to run Lockstep: says what is missing, installs it, and is instant when nothing is.

Needs Python 3.11 or newer and nothing else; everything that is downloaded is pinned by hash in `requirements/`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
LOCAL = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", ROOT / ".local")).resolve()
TOOLS = LOCAL / "bootstrap"
STAMPS = TOOLS / "stamps"
UV = TOOLS / "venv" / "bin" / "uv"
SYSTEM_PYTHON = Path("/usr/bin/python3")
OLDEST = (3, 11)

Action = Callable[[], None]


class CannotGoOn(Exception):
    """Told to the person as it is."""


def main() -> int:
    started = time.monotonic()
    try:
        refuse_old_python()
        STAMPS.mkdir(parents=True, exist_ok=True)
        done = [name for name, stamp, action in steps() if step(name, stamp, action)]
    except (CannotGoOn, subprocess.CalledProcessError) as problem:
        print(f"\ncannot prepare this machine: {problem}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    # Read by `supervisor deploy`, which tells the time of downloads from that of work.
    (TOOLS / "last.json").write_text(json.dumps({"seconds": seconds, "installed": done}))
    if done:
        print(f"  {'the machine is prepared':<60} {seconds:6.1f} s")
    return 0


def refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        raise CannotGoOn(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}")


def steps() -> Iterable[tuple[str, str, Action]]:
    """Name, fingerprint of what it is made from (empty: always done), how to make it."""
    python = sys.version
    venvs = LOCAL / "venvs"
    executor = ROOT / "localstack" / "lambda_executor"
    if not shutil.which("bwrap"):
        yield "bubblewrap, the sandbox of tools", "", install_bubblewrap
    yield "uv, the installer", digest(REQUIREMENTS / "bootstrap.txt", more=python), install_uv
    yield (
        "the project's packages",
        digest(REQUIREMENTS / "dev.txt", more=python),
        lambda: environment(ROOT / ".venv", REQUIREMENTS / "dev.txt"),
    )
    yield (
        "LocalStack's packages",
        digest(REQUIREMENTS / "localstack.txt", executor / "pyproject.toml", more=f"{python} {ROOT}"),
        lambda: localstack(venvs / "localstack", executor),
    )
    yield (
        "the lambdas' packages",
        digest(REQUIREMENTS / "lambdas.txt", more=python),
        lambda: environment(venvs / "lambdas", REQUIREMENTS / "lambdas.txt"),
    )
    site = sandbox_root() / "site"
    yield (
        "packages for sandboxed code",
        digest(REQUIREMENTS / "sandbox.txt", more=f"{site} {site.exists()}"),
        lambda: sandbox_packages(site),
    )


def step(name: str, stamp: str, action: Action) -> bool:
    """Runs the action unless its stamp says that it was done from the same inputs."""
    file = STAMPS / hashlib.sha256(name.encode()).hexdigest()[:16]
    if stamp and file.exists() and file.read_text() == stamp:
        return False
    started = time.monotonic()
    print(f"  installing {name} ...", flush=True)
    action()
    # Made again afterwards: a step may change what its own fingerprint looks at.
    file.write_text(next((now for other, now, _ in steps() if other == name), ""))
    print(f"  {name:<60} {time.monotonic() - started:6.1f} s", flush=True)
    return True


def install_bubblewrap() -> None:
    """Without it tools refuse to run, everything else works."""
    if not apt_install("bubblewrap"):
        print("  not installed; tool steps will fail until you run: sudo apt-get install bubblewrap")


def install_uv() -> None:
    place = TOOLS / "venv"
    shutil.rmtree(place, ignore_errors=True)
    if run_quietly(sys.executable, "-m", "venv", str(place)) != 0:
        shutil.rmtree(place, ignore_errors=True)
        if not apt_install("python3-venv"):
            raise CannotGoOn("Python's venv module is missing: sudo apt-get install python3-venv")
        run(sys.executable, "-m", "venv", str(place))
    pip = place / "bin" / "pip"
    run(
        str(pip), "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:",
        "-r", str(REQUIREMENTS / "bootstrap.txt"),
    )  # fmt: skip


def environment(place: Path, lock: Path) -> None:
    if not (place / "bin" / "python").exists():
        run(str(UV), "venv", "--quiet", "--python", sys.executable, str(place))
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--require-hashes",
        "-r", str(lock),
    )  # fmt: skip


def localstack(place: Path, executor: Path) -> None:
    """LocalStack's own environment with our executor in it, editable; its build needs nothing but uv."""
    environment(place, REQUIREMENTS / "localstack.txt")
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--no-deps", "--offline",
        "--editable", str(executor),
    )  # fmt: skip


def sandbox_packages(site: Path) -> None:
    """For the system's interpreter, in a folder that any user can read: sandboxed code runs as a stranger."""
    if not SYSTEM_PYTHON.exists() and not apt_install("python3"):
        raise CannotGoOn("the sandbox runs /usr/bin/python3, which is missing: sudo apt-get install python3")
    shutil.rmtree(site, ignore_errors=True)
    os.umask(0o022)
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(SYSTEM_PYTHON), "--target", str(site), "--require-hashes",
        "--compile-bytecode", "-r", str(REQUIREMENTS / "sandbox.txt"),
    )  # fmt: skip


def sandbox_root() -> Path:
    """The same rule as `supervisor.settings`; a test compares both."""
    if chosen := os.environ.get("LOCKSTEP_SANDBOX_ROOT"):
        return Path(chosen)
    if os.geteuid() != 0:
        return ROOT / ".local" / "sandbox"
    return Path("/var/lib/lockstep") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def apt_install(package: str) -> bool:
    """False when this user may not install system packages, or the system has no apt."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and run_quietly("sudo", "-n", "true") != 0:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
    if run_quietly(*install, env=quiet) == 0:
        return True
    # An image without package lists, or with old ones.
    run_quietly(*prefix, "apt-get", "update", "-qq", env=quiet)
    return run_quietly(*install, env=quiet) == 0


def digest(*files: Path, more: str = "") -> str:
    made_of = hashlib.sha256(more.encode())
    for file in files:
        made_of.update(file.read_bytes())
    return made_of.hexdigest()


def run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=ROOT)


def run_quietly(*command: str, env: dict[str, str] | None = None) -> int:
    return subprocess.run(
        command, check=False, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
