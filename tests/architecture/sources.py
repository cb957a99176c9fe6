"""Our own Python files, as Git knows them or will."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GENERATED = ROOT / "clients" / "python" / "lockstep_client" / "generated"
"""`make client` writes these and nobody else does: a test compares them with what it would write."""


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Tracked and new files below the folders that people write, without what is ignored; never none."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *(f"{name}/*.py" for name in folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    present = (ROOT / name for name in sorted(set(listed)) if (ROOT / name).exists())
    files = tuple(file for file in present if not file.is_relative_to(_GENERATED))
    assert files, f"no files below {folders}"
    return files


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
