"""Tests run our code as it is, never patched; those that wait for another process do so at one place."""

import ast
from collections.abc import Iterator

import pytest

from architecture.sources import ROOT, named, python_files, tree_of

_MAY_SLEEP = {
    "tests/fixtures/waiting.py": "looks again and again at what another process does",
    "tests/infra/test_queue.py": "is about a connection that is idle for longer than a minute",
}
_ROOTS = ("services", "localstack", "tests", "bench", "clients/python")
_OURS = {"infra"} | {
    entry.name.removesuffix(".py")
    for root in _ROOTS
    for entry in (ROOT / root).iterdir()
    if entry.is_dir() or entry.suffix == ".py"
}
_PATCHING = {"setattr", "delattr", "setitem", "delitem"}
"""What pytest's `monkeypatch` replaces besides variables of the environment, folders and paths."""


def imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name of a file stands for, in full."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def patches_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of whatever replaces a part of our code, or brings the means to."""
    names = imported(tree)
    for node in ast.walk(tree):
        if _is_mock(node) or any(_is_ours(target, names) for target in _replaced_by(node)):
            yield getattr(node, "lineno", 0), ast.unparse(node)


def _is_mock(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module="unittest"):
            return any(alias.name == "mock" for alias in node.names)
        case ast.ImportFrom(module=str(module)):
            return module.startswith(("unittest.mock", "mock"))
        case ast.Import():
            return any(alias.name.startswith(("unittest.mock", "mock")) for alias in node.names)
        case ast.arg(arg="mocker"):
            return True
    return False


def _replaced_by(node: ast.AST) -> Iterator[ast.expr]:
    """The object whose member is replaced: by assignment, by `setattr`, or by pytest."""
    match node:
        case ast.Assign(targets=targets):
            yield from (target.value for target in targets if isinstance(target, ast.Attribute))
        case ast.AugAssign(target=ast.Attribute(value=value)) | ast.AnnAssign(target=ast.Attribute(value=value)):
            yield value
        case ast.Delete(targets=targets):
            yield from (target.value for target in targets if isinstance(target, ast.Attribute))
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[target, *_]):
            yield target
        case ast.Call(func=ast.Attribute(value=of, attr=attr), args=[target, *_]) if attr in _PATCHING:
            if "patch" in ast.unparse(of):
                yield target


def _is_ours(target: ast.expr, names: dict[str, str]) -> bool:
    """A module, class or function of ours: by its dotted name as text, or by what was imported."""
    if isinstance(target, ast.Constant):
        return str(target.value).partition(".")[0] in _OURS
    while isinstance(target, ast.Attribute):
        target = target.value
    return isinstance(target, ast.Name) and names.get(target.id, "").partition(".")[0] in _OURS


def sleeps_of(tree: ast.Module) -> list[int]:
    """Lines that stop the whole process for a time."""
    names = {name: full for name, full in imported(tree).items() if full in {"time", "time.sleep"}}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and names.get(node.func.id) == "time.sleep")
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr == "sleep"
                and isinstance(node.func.value, ast.Name)
                and names.get(node.func.value.id) == "time"
            )
        )
    ]


def test_no_test_patches_our_own_code() -> None:
    patched = [
        f"{named(file)}:{line} {text}" for file in python_files("tests") for line, text in patches_of(tree_of(file))
    ]
    assert patched == [], "give it a fake through its port, or what it needs as an argument"


def test_only_these_places_of_the_tests_sleep() -> None:
    sleeping = {named(file) for file in python_files("tests") if sleeps_of(tree_of(file))}
    assert sleeping == set(_MAY_SLEEP), "use what fixtures/waiting.py has"


@pytest.mark.parametrize(
    "source",
    [
        "from unittest import mock",
        "from unittest.mock import patch as p",
        "import unittest.mock as m",
        "def test_it(mocker): pass",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('orchestrator.worker.now', None)",
        "from orchestrator import worker as w\ndef test_it(monkeypatch):\n    monkeypatch.setattr(w, 'now', None)",
        "from foundation.domain.ids import RunId\nwith MonkeyPatch.context() as patch:\n    patch.delattr(RunId, 'x')",
        "import foundation.domain.ids\nfoundation.domain.ids.new_uuid = lambda: 1",
        "from fixtures.waiting import until\nuntil.x = 1",
        "from lambdas import settings\nsetattr(settings, 'x', 1)",
        "from lambdas import settings\ndel settings.x",
    ],
)
def test_a_patch_of_our_own_code_is_found(source: str) -> None:
    assert list(patches_of(ast.parse(source))) != []


@pytest.mark.parametrize(
    "source",
    [
        "def test_it(monkeypatch):\n    monkeypatch.setenv('LOCKSTEP_A', '1')",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('sys.executable', 'x')",
        "def test_it(monkeypatch, loop):\n    monkeypatch.setattr(loop, 'time', None)",
        "from orchestrator.worker import Worker\nmade = Worker()\nmade.closed = True",
        "from moto import mock_aws",
    ],
)
def test_what_is_no_patch_of_our_own_code_is_not_found(source: str) -> None:
    assert list(patches_of(ast.parse(source))) == []


@pytest.mark.parametrize(
    "source", ["import time\ntime.sleep(1)", "import time as t\nt.sleep(0)", "from time import sleep as s\ns(1)"]
)
def test_a_sleep_is_found_by_whatever_name(source: str) -> None:
    assert sleeps_of(ast.parse(source)) != []


def test_a_sleep_in_the_code_of_a_job_is_not_one_of_the_tests() -> None:
    assert sleeps_of(ast.parse("import time\nJOB = 'time.sleep(3)'\nasyncio.sleep(0)")) == []
