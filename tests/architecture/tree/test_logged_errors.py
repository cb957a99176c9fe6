"""What is logged as an error is one that nobody expected, and says where it came from."""

import ast
from pathlib import Path

from architecture.sources import named, python_files, tree_of


def _without_traceback(file: Path) -> list[int]:
    """Lines that log an error without its traceback; `exception` has it by itself."""
    return [
        node.lineno
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "error"
        and getattr(node.func.value, "id", "") == "_log"
        and not any(keyword.arg == "exc_info" for keyword in node.keywords)
    ]


def test_an_error_is_logged_with_its_traceback() -> None:
    """What was expected is logged at DEBUG, or as a warning where an operator may want to look at it."""
    found = [f"{named(file)}:{line}" for file in python_files("services") for line in _without_traceback(file)]
    assert found == []


def test_the_rule_tells_an_error_with_its_traceback_from_one_without(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text('_log.error("x", exc_info=error)\n_log.error("x")\n_log.exception("x")\n_log.warning("x")\n')
    assert _without_traceback(file) == [2]
