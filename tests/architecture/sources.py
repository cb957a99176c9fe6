"""Our own Python files, as Git knows them or will."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Tracked and new files below the folders, without what is ignored; never none."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *(f"{name}/*.py" for name in folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    files = tuple(ROOT / name for name in sorted(set(listed)) if (ROOT / name).exists())
    assert files, f"no files below {folders}"
    return files


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
