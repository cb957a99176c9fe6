"""Expressions: what they read is known before they run; a whole one keeps its type."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.expressions import ExpressionError, expressions_in, resolve, steps_read_by

READS = {
    "input.topic": [],
    "steps.a.output": ["a"],
    "steps.a.output.files[0].name": ["a"],
    "steps.a.output.items[?size > `3`].name": ["a"],
    "length(steps.a.output.items)": ["a"],
    "[steps.a.output.files, steps.b.output.files][]": ["a", "b"],
    "{x: steps.a.output, y: input.z}": ["a"],
    "steps.a.output || steps.b.output": ["a", "b"],
    "sort_by(steps.a.output.rows, &size)": ["a"],
    "max_by(steps.a.output.rows, &means.mass).name": ["a"],
}


@pytest.mark.parametrize("expression", READS)
def test_the_steps_that_an_expression_reads_are_known(expression: str) -> None:
    assert sorted(steps_read_by(expression)) == READS[expression]


@pytest.mark.parametrize("expression", ["secrets.x", "steps.a", "steps.a.error", "steps", "a b", "steps.a.output[", ""])
def test_an_expression_that_reads_something_else_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        steps_read_by(expression)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=20).filter(lambda t: "${" not in t),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_a_value_without_expressions_stays_as_it_is(value: Any) -> None:
    assert resolve(value, {"input": {}, "steps": {}}) == value


@given(json_values)
def test_a_whole_expression_keeps_its_type(value: Any) -> None:
    assert resolve({"x": ["${input.v}"]}, {"input": {"v": value}}) == {"x": [value]}


def test_text_around_an_expression_makes_it_text() -> None:
    data = {"input": {"n": 3, "who": "Ada", "list": [1, 2]}}
    assert resolve("${input.who} has ${input.n}: ${input.list}", data) == "Ada has 3: [1, 2]"


def test_places_are_json_pointers() -> None:
    assert list(expressions_in({"a": ["x", "${input.b} ${input.c}"]})) == [("/a/1", "input.b"), ("/a/1", "input.c")]
