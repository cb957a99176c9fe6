"""What lies in every sandbox has with it whatever of ours it imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tool_runtime.sandbox.assets import FOUNDATION, INSIDE, PACKAGE

OURS = {*FOUNDATION, *(f"tool_runtime/{name}" for name in INSIDE)}


def imported(file: Path) -> Iterator[str]:
    """The modules of ours that the file imports, wherever it does, but where types are checked alone."""
    tree = ast.parse(file.read_text())
    unread = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in unread or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        members = [f"{names[0]}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        for name in (*names, *(one for one in members if (PACKAGE.parent / f"{one.replace('.', '/')}.py").exists())):
            if name.partition(".")[0] in {"foundation", "tool_runtime"}:
                yield name


def files_of(module: str) -> set[str]:
    """The file of the module, and those of the packages around it."""
    parts = module.split(".")
    around = {f"{'/'.join(parts[:end])}/__init__.py" for end in range(1, len(parts))}
    place = PACKAGE.parent / "/".join(parts)
    return around | {f"{'/'.join(parts)}/__init__.py" if place.is_dir() else f"{'/'.join(parts)}.py"}


def test_all_that_is_imported_of_ours_lies_there_too() -> None:
    missing = {
        f"{name} imports {module}"
        for name in OURS
        if name.endswith(".py")
        for module in imported(PACKAGE.parent / name)
        if not files_of(module) <= OURS
    }
    assert missing == set()
