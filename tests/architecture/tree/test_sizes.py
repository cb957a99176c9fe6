"""Rooms, files and functions stay small enough to be read at once."""

import ast
import statistics
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from architecture.sources import named, python_files, tree_of

_FOLDERS = ("services", "localstack", "infra", "tests", "bench", "samples", "requirements", "clients")
_SERVICES = ("control_plane", "llm_gateway", "orchestrator", "tool_runtime", "lambdas", "foundation")
_SERVICE_ROOT, _ROOM = 8, 12
_LONGEST, _LONGEST_OF_SERVICES = 500, 300
_MEDIAN, _P95 = 120, 350
_FUNCTION = 50


def rooms() -> dict[str, int]:
    """Modules of each folder, without what only says that it is a package."""
    files = [file for file in python_files(*_FOLDERS) if file.name != "__init__.py"]
    return Counter(named(file.parent) for file in files)


def lines() -> dict[str, int]:
    return {named(file): len(file.read_text(encoding="utf-8").splitlines()) for file in python_files(*_FOLDERS)}


def functions() -> dict[str, int]:
    """Lines of each function from its `def` to its end."""
    return {
        f"{named(file)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for file in python_files(*_FOLDERS)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def most(sizes: dict[str, int]) -> str:
    """The largest, as a person reads it."""
    name = max(sizes, key=sizes.__getitem__)
    return f"{sizes[name]} ({name})"


def beyond(sizes: dict[str, int], budget: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > budget}


def test_a_room_holds_no_more_modules_than_a_reader_can_keep_in_mind(
    record_property: Callable[[str, object], None],
) -> None:
    roots = {folder: count for folder, count in rooms().items() if Path(folder).name in _SERVICES}
    roots = {folder: count for folder, count in roots.items() if folder == f"services/{Path(folder).name}"}
    record_property("figures", f"largest room {most(rooms())}, largest root of a service {most(roots)}")
    assert beyond(rooms(), _ROOM) == {}
    assert beyond(roots, _SERVICE_ROOT) == {}


def test_no_file_is_too_long(record_property: Callable[[str, object], None]) -> None:
    of_services = {name: count for name, count in lines().items() if name.startswith("services/")}
    record_property("figures", f"longest file {most(lines())}, of the services {most(of_services)}")
    assert beyond(lines(), _LONGEST) == {}
    assert beyond(of_services, _LONGEST_OF_SERVICES) == {}


def test_most_files_are_short(record_property: Callable[[str, object], None]) -> None:
    lengths = sorted(lines().values())
    median, p95 = statistics.median(lengths), lengths[round(0.95 * (len(lengths) - 1))]
    record_property("figures", f"{len(lengths)} files, median {median:.0f} lines, 95th percentile {p95}")
    assert median <= _MEDIAN
    assert p95 <= _P95


def test_no_function_is_too_long(record_property: Callable[[str, object], None]) -> None:
    record_property("figures", f"longest function {most(functions())}")
    assert beyond(functions(), _FUNCTION) == {}


@pytest.mark.parametrize(("size", "is_beyond"), [(12, False), (13, True)])
def test_a_budget_is_the_most_that_is_allowed(size: int, *, is_beyond: bool) -> None:
    assert bool(beyond({"a room": size}, 12)) is is_beyond
