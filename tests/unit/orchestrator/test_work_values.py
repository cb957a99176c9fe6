"""How an engine reads the values of its step's definition."""

from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.expressions.evaluation import ExpressionError

DATA: dict[str, Any] = {"input": {"name": "Zoë", "none": None, "list": [1, "é"]}, "steps": {"a": {"output": {"n": 3}}}}


def test_a_value_that_is_one_expression_keeps_its_type() -> None:
    assert a_work(data=DATA).resolve("${steps.a.output.n}", "arguments", "n") == 3


def test_a_text_is_given_as_it_is_and_any_other_value_as_json() -> None:
    work = a_work(data=DATA)
    assert work.resolve_text("hello ${input.name}", "prompt") == "hello Zoë"
    assert work.resolve_text("${steps.a.output.n}", "prompt") == "3"
    assert work.resolve_text("${input.list}", "prompt") == '[1, "é"]'


def test_null_is_no_text_and_the_error_names_the_place_and_the_way_out() -> None:
    with pytest.raises(ExpressionError, match=r"/prompt: .* is null, and a text is needed; write \|\| 'default'"):
        a_work(data=DATA).resolve_text("${input.none}", "prompt")
