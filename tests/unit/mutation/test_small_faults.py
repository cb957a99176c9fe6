"""What a small fault changes, and what is left alone."""

import ast
from textwrap import dedent, indent

import pytest

from mutation.faults import faults_of, mutated
from mutation.pure import pure_modules


def within(body: str) -> str:
    """A module of one function with this body."""
    return f"def f(a, b, log):\n{indent(dedent(body), '    ')}\n"


def changed(source: str) -> list[str]:
    """The module after each of its faults, without what all of them share."""
    return [ast.unparse(mutated(source, fault.number)) for fault in faults_of(source)]


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("if a < b: pass", ["if a <= b:"]),
        ("if a is None: pass", ["if a is not None:"]),
        ("if a and b: pass", ["if a or b:"]),
        ("if not a: pass", ["if a:"]),
        ("if a: pass", ["if not a:"]),
        ("a = a + b", ["a = a - b"]),
        ("a = True", ["a = False"]),
        ("a = 3", ["a = 4"]),
        ("a = b if a else log", ["a = log if a else b"]),
        ("return a", ["return None"]),
        ("a += b", ["pass"]),
        ("a.append(b)", ["pass"]),
        ("raise ValueError(a)", ["pass"]),
        ("for a in b: continue", ["pass"]),
    ],
)
def test_each_kind_of_place_is_changed_in_one_way(body: str, after: list[str]) -> None:
    results = changed(within(body))
    assert len(results) == len(after)
    for result, wanted in zip(results, after, strict=True):
        assert wanted in result


@pytest.mark.parametrize(
    "source",
    [
        "LIMIT = 3",
        "class A:\n    frozen: bool = True",
        "def f(a: 'int | None') -> 'int | None':\n    '''Says 3.'''",
        within("log.warning('x', a + b)"),
        within("a = f'{b} is {3}'"),
        within("return None"),
        'class Port:\n    def f(self, a: int = 20) -> bool:\n        """Says."""\n        ...',
    ],
)
def test_types_texts_log_lines_and_what_runs_at_import_are_left_alone(source: str) -> None:
    assert faults_of(source) == []


def test_a_fault_keeps_every_line_where_it_was() -> None:
    source = within("x = 1\nif a == b:\n    return x")
    [_, fault, _] = faults_of(source)
    assert (fault.line, fault.function_line, fault.before, fault.after) == (3, 1, "a == b", "a != b")
    lines = [node.lineno for node in ast.walk(mutated(source, fault.number)) if isinstance(node, ast.Return)]
    assert lines == [4]


def test_pure_modules_reach_neither_database_nor_process() -> None:
    found = set(pure_modules())
    assert {"foundation.domain.money", "llm_gateway.pricing.prices", "tool_runtime.tools.code_python"} <= found
    assert not found & {"foundation.storage.session.database", "tool_runtime.sandbox.box", "control_plane.app"}
