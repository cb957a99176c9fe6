"""Which claimed steps are left out, and what their reason says."""

from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.ids import StepId, new_uuid
from foundation.storage.execution.dispatches import StepItem
from orchestrator.claiming.conditions import left_out

DATA = {"input": {"wanted": True, "count": 3}, "steps": {"there": {"output": {"text": "here"}}}}
ASK = {"name": "ask", "kind": "llm", "needs": ["there", "gone"]}


def reason_of(step: dict[str, Any], *, absent: tuple[str, ...] = ("gone",)) -> tuple[str, str] | None:
    found = left_out(a_work(step, data=DATA, absent=absent))
    return None if found is None else (found.reason.code, found.reason.detail)


@pytest.mark.parametrize(
    "condition", ["${input.wanted}", "${input.count > `2`}", "${steps.there.output.text == 'here'}"]
)
def test_a_step_whose_condition_is_true_runs(condition: str) -> None:
    assert reason_of({"name": "a", "kind": "noop", "when": condition}) is None


def test_a_step_whose_condition_is_false_says_which() -> None:
    assert reason_of({"name": "a", "kind": "noop", "when": "${input.count > `5`}"}) == (
        "condition_false",
        "its condition ${input.count > `5`} is false",
    )


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        ("${input.count}", "a number"),
        ("${input.nothing}", "null"),
        ("${steps.there.output.text}", "a text"),
        ("${[input.count]}", "a list"),
        ("${input}", "an object"),
    ],
)
def test_a_condition_that_gives_something_else_is_an_error_with_the_remedy(condition: str, kind: str) -> None:
    with pytest.raises(ExpressionError, match="compare it with something") as caught:
        reason_of({"name": "a", "kind": "noop", "when": condition})
    assert f"gives {kind}," in str(caught.value)


def test_a_step_that_reads_an_output_that_never_came_is_left_out_with_the_place_and_the_remedy() -> None:
    found = reason_of({**ASK, "prompt": "Say ${steps.gone.output.text}"})
    assert found is not None
    assert found[0] == "input_missing"
    assert found[1] == (
        "/prompt: ${steps.gone.output.text} reads the output of step gone, which has none;"
        " write ${steps.gone.output.text || 'default'} where this step is to run without it"
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Say ${steps.gone.output.text || 'nothing'}",
        "Say ${steps.gone.output.text || steps.there.output.text}",
        "Say ${steps.there.output.text}",
        "Say $${steps.gone.output.text}",
    ],
)
def test_a_step_that_has_another_value_or_reads_something_else_runs(prompt: str) -> None:
    assert reason_of({**ASK, "prompt": prompt}) is None


def test_a_function_that_does_not_take_null_has_no_other_value() -> None:
    found = reason_of({**ASK, "prompt": "${length(steps.gone.output.text)}"})
    assert found is not None
    assert found[0] == "input_missing"


def test_a_condition_may_ask_whether_an_output_is_there() -> None:
    step = {**ASK, "prompt": "Hello", "when": "${steps.gone.output == `null`}"}
    assert reason_of(step) is None
    assert reason_of({**step, "when": "${steps.gone.output != `null`}"}) == (
        "condition_false",
        "its condition ${steps.gone.output != `null`} is false",
    )


def test_where_every_output_came_nothing_is_missing() -> None:
    assert reason_of({**ASK, "prompt": "${steps.gone.output.text}"}, absent=()) is None


def test_a_step_with_items_leaves_it_to_them_to_find_what_takes_an_outputs_place() -> None:
    step = {**ASK, "foreach": "${input.rows}", "prompt": "${steps.gone.output.text || item}"}
    work = a_work(step, data=DATA, absent=("gone",))
    assert left_out(work) is None
    item = StepItem(StepId(new_uuid()), 0, "here")
    assert left_out(a_work(step, data={**DATA, "item": "here", "index": 0}, absent=("gone",), item=item)) is None
    assert left_out(a_work({**step, "prompt": "${steps.gone.output.text}"}, data=DATA, absent=("gone",))) is not None
