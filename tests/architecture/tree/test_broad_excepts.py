"""Whoever catches everything says why that place is an edge, or raises it again."""

import ast
from pathlib import Path

from architecture.sources import named, python_files, tree_of

_BROAD = {"Exception", "BaseException"}


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in _BROAD for name in names)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _says_why(file: Path, handler: ast.ExceptHandler) -> bool:
    """Words in a comment on its line, or on the lines between it and its first statement."""
    lines = file.read_text(encoding="utf-8").splitlines()[handler.lineno - 1 : handler.body[0].lineno - 1]
    comments = [line.partition("#")[2].partition("noqa: BLE001")[::2] for line in lines if "#" in line]
    return any(len("".join(parts).strip(" #-()").split()) > 2 for parts in comments)


def _unexplained() -> list[str]:
    return [
        f"{named(file)}:{node.lineno}"
        for file in python_files("services", "localstack", "infra", "samples", "bench", "clients")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node)
        and not _raises_again(node)
        and not _says_why(file, node)
    ]


def test_a_broad_except_says_why_it_is_an_edge() -> None:
    assert _unexplained() == []


def test_nothing_suppresses_everything() -> None:
    suppressed = [
        f"{named(file)}:{node.lineno}"
        for file in python_files("services", "localstack", "infra", "samples", "bench", "clients")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "suppress"
        and any(isinstance(name, ast.Name) and name.id in _BROAD for name in node.args)
    ]
    assert suppressed == []


def test_the_rule_tells_edges_from_slips(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        "try:\n    pass\nexcept Exception:  # noqa: BLE001\n    pass\n"
        "try:\n    pass\nexcept Exception:  # noqa: BLE001 - the edge: it is logged once\n    pass\n"
        "try:\n    pass\nexcept Exception:\n    # a caller's fault must not end the loop\n    pass\n"
        "try:\n    pass\nexcept BaseException:\n    raise\n"
    )
    handlers = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.ExceptHandler)]
    handlers.sort(key=lambda handler: handler.lineno)
    assert all(_is_broad(handler) for handler in handlers)
    assert [_says_why(file, handler) for handler in handlers] == [False, True, True, False]
    assert [_raises_again(handler) for handler in handlers] == [False, False, False, True]
