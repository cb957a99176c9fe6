"""The kind of an expression's value is told only where nothing that it reads could make it another one."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.contracts.expressions.kinds import kind_given, length_given
from foundation.contracts.expressions.language import ExpressionError, search

KINDS = [
    ("`true`", "true or false"),
    ("input.a == `1`", "true or false"),
    ("!(input.a)", "true or false"),
    ("contains(input.a, 'x')", "true or false"),
    ("input.a == `1` && input.b > `2`", "true or false"),
    ("`0.5`", "a number"),
    ("length(input.a)", "a number"),
    ("input.a | length(@)", "a number"),
    ("'yes'", "a text"),
    ("to_string(input.a)", "a text"),
    ("`[1]`", "a list"),
    ("[input.a, input.b]", "a list"),
    ("input.rows[?a]", "a list"),
    ("input.rows[].a", "a list"),
    ("keys(input.a)", "a list"),
    ("{a: input.a}", "an object"),
    ("merge(input.a, input.b)", "an object"),
    ("`null`", "null"),
    ("!input.a", "null"),
    ("length(input.a).b", "null"),
]
OPEN = [
    "input.a",
    "input.a || 'x'",
    "input.a && `true`",
    "not_null(input.a)",
    "max(input.a)",
    "input.rows[0]",
    "input.[",
]


@pytest.mark.parametrize(("expression", "kind"), KINDS)
def test_the_kind_of_what_can_only_be_of_one_kind_is_told(expression: str, kind: str) -> None:
    assert kind_given(expression) == kind


@pytest.mark.parametrize("expression", OPEN)
def test_what_depends_on_what_is_read_is_of_no_kind(expression: str) -> None:
    assert kind_given(expression) is None


@pytest.mark.parametrize(
    ("expression", "length"), [("`[1, 2]`", 2), ("[input.a]", 1), ("input.a", None), ("'x'", None), ("input.[", None)]
)
def test_only_a_list_that_is_written_out_has_a_length(expression: str, length: int | None) -> None:
    assert length_given(expression) == length


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=5,
)
NAMES: list[tuple[type | tuple[type, ...], str]] = [
    (bool, "true or false"),
    ((int, float), "a number"),
    (str, "a text"),
]
NAMES += [(list, "a list"), (dict, "an object")]


@settings(max_examples=300, deadline=None)
@given(expression=st.sampled_from([one for one, _ in KINDS]), a=VALUES, b=VALUES, rows=VALUES)
def test_whatever_is_read_the_value_is_of_its_kind_or_null(expression: str, a: Any, b: Any, rows: Any) -> None:
    try:
        value = search(expression, {"input": {"a": a, "b": b, "rows": rows}})
    except ExpressionError:
        return
    name = next((name for types, name in NAMES if isinstance(value, types)), "null")
    assert name in {kind_given(expression), "null"}, (expression, json.dumps(value))
