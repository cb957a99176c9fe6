"""Where things are, and what tells whether they are up to date."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCAL = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", ROOT / ".local")).resolve()
VENVS = LOCAL / "venvs"
TOOLS = LOCAL / "bootstrap"
STAMPS = TOOLS / "stamps"
UV = TOOLS / "venv" / "bin" / "uv"
SYSTEM_PYTHON = Path("/usr/bin/python3")
SYSTEM_GIT = Path("/usr/bin/git")
# Debian's Chromium without windows: half the size of the other one, and what Playwright starts by itself as well.
SYSTEM_CHROMIUM = Path("/usr/lib/chromium/chromium-headless-shell")
CERTUTIL = Path("/usr/bin/certutil")


def sandbox_root() -> Path:
    """The folder of the sandbox, by the same rule as in `supervisor.settings`; a test compares both."""
    if chosen := os.environ.get("LOCKSTEP_SANDBOX_ROOT"):
        return Path(chosen)
    if os.geteuid() != 0:
        return ROOT / ".local" / "sandbox"
    return Path("/var/lib/lockstep") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def digest(*files: Path, more: str = "") -> str:
    made_of = hashlib.sha256(more.encode())
    for file in files:
        made_of.update(file.read_bytes())
    return made_of.hexdigest()
