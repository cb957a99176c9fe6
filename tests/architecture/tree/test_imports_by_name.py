"""What import contracts cannot say: of the domain an allow-list, of failures their closed list, of packages no code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from architecture.sources import named, python_files, tree_of


def test_the_domain_imports_the_standard_library_and_itself_alone() -> None:
    allowed = sys.stdlib_module_names | {"foundation"}
    strange = [
        f"{named(file)}:{line} {module}"
        for file in python_files("services/foundation/domain")
        for line, module in _imports(file)
        if module.partition(".")[0] not in allowed
        or (module.startswith("foundation") and not module.startswith("foundation.domain"))
    ]
    assert strange == []


def test_a_failure_is_named_by_a_member_of_the_closed_list() -> None:
    literal = [
        f"{named(file)}:{node.lineno}"
        for file in python_files("services")
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Failure", "TickFailed"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert literal == [], "use foundation.domain.failures.FailureCode"


def test_a_package_file_defines_nothing() -> None:
    """A module that hid in `__init__` would not count towards its room's size."""
    defined = [
        f"{named(file)}:{node.lineno}"
        for file in python_files("services", "localstack", "infra", "bench")
        if file.name == "__init__.py"
        for node in tree_of(file).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert defined == []


def test_services_import_by_statements_that_the_contracts_can_read() -> None:
    dynamic = [
        f"{named(file)}:{line}"
        for file in python_files("services")
        for line, module in _imports(file)
        if module in {"importlib", "importlib.util"}
    ]
    assert dynamic == []


def test_only_tests_use_the_fakes_and_the_tools_of_tests() -> None:
    strange = [
        f"{named(file)}:{line} {module}"
        for file in python_files("services")
        if not file.stem.startswith("fake")
        for line, module in _imports(file)
        if module.rpartition(".")[2].startswith("fake")
        or module.partition(".")[0] in {"fixtures", "hypothesis", "pytest", "moto"}
    ]
    assert strange == []


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and module of each import statement of a file, wherever in it."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names if alias.name == "fake")
