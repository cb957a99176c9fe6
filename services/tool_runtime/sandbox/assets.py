"""The few files that every sandbox mounts, laid out under a name that is the digest of their content.

A new version is a new folder, made beside and renamed into place, so sandboxes that run keep what they started with.
The job's uid must be able to reach the root: an install under a closed home directory would not do.
"""

import contextlib
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tool_runtime.sandbox.fonts import FONTS_CONF, fonts_program
from tool_runtime.sandbox.profiles import SYSTEM_PYTHON

ETC = {
    "passwd": "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\njob:x:1000:1000:job:/tmp:/usr/sbin/nologin\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "fonts.conf": FONTS_CONF,
}
PACKAGE = Path(__file__).resolve().parent.parent
INSIDE = (
    *("__init__.py", "sandbox/__init__.py", "sandbox/frames.py"),
    *("sandbox/inside/__init__.py", "sandbox/inside/init.py", "sandbox/inside/leavings.py"),
    *("sandbox/inside/workspace.py", "sandbox/inside/task.py", "sandbox/inside/connect_lock.py"),
    "tools/__init__.py",
    *(
        str(path.relative_to(PACKAGE))
        for path in sorted((PACKAGE / "tools" / "programs").rglob("*.*"))
        if path.suffix in {".py", ".cjs"}
    ),
)
"""The first process of a sandbox, and the programs of our own tools."""
FOUNDATION = tuple(
    f"foundation/{name}"
    for name in (
        *("__init__.py", "contracts/__init__.py", "contracts/accepted/__init__.py"),
        *("contracts/accepted/shown_text.py", "domain/__init__.py", "domain/words/__init__.py"),
        "domain/words/quoting.py",
    )
)
"""What these programs share with the platform: with all that it imports, which is the standard library and itself."""


@dataclass(frozen=True, slots=True)
class SandboxAssets:
    """Where the mounts of a sandbox come from; `fonts` has matplotlib's own files, made ahead."""

    root: Path
    runtime: Path
    site: Path
    fonts: Path


def _contents() -> dict[str, bytes]:
    files = {f"etc/{name}": text.encode() for name, text in ETC.items()}
    shared = {f"init/{name}": (PACKAGE.parent / name).read_bytes() for name in FOUNDATION}
    return files | shared | {f"init/tool_runtime/{name}": (PACKAGE / name).read_bytes() for name in INSIDE}


def locate(root: Path) -> SandboxAssets:
    """The assets of this version of the code; they may not be installed yet."""
    digest = hashlib.sha256()
    for name, content in _contents().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    site = root / "site"
    packages = "\0".join(sorted(path.name for path in site.glob("*.dist-info")))
    fonts = hashlib.sha256((fonts_program(site) + packages).encode()).hexdigest()
    return SandboxAssets(
        root=root,
        runtime=root / f"runtime-{digest.hexdigest()[:16]}",
        site=site,
        fonts=root / f"fonts-{fonts[:16]}",
    )


def install(root: Path) -> SandboxAssets:
    """Put the assets in place if they are not; safe against another process that does the same."""
    assets = locate(root)
    root.mkdir(parents=True, exist_ok=True)
    if not assets.runtime.is_dir():
        root.chmod(0o755)
        _place(assets.runtime, _lay_out)
    if assets.site.is_dir() and not assets.fonts.is_dir():
        # Without the list each job makes its own: slower, nothing worse.
        with contextlib.suppress(subprocess.CalledProcessError):
            _place(assets.fonts, lambda folder: _list_fonts(folder, assets.site))
    return assets


def _place(target: Path, make: Callable[[Path], None]) -> None:
    """Make a folder beside its place, then rename it; whoever comes second finds it there."""
    building = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        make(building)
        for path in (building, *building.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        try:
            building.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _lay_out(folder: Path) -> None:
    for name, content in _contents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    # Compiled ahead, by the interpreter that will read it: the sandbox cannot write there.
    subprocess.run([SYSTEM_PYTHON, "-S", "-s", "-m", "compileall", "-q", folder / "init"], check=True, env={})


def _list_fonts(folder: Path, site: Path) -> None:
    """Let matplotlib look for fonts once, instead of in every job (0.2 s and a complaint of fontconfig's)."""
    env = {"PYTHONPATH": str(site), "MPLCONFIGDIR": str(folder), "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run([SYSTEM_PYTHON, "-s", "-c", fonts_program(site)], check=True, env=env)
