"""Which list a step runs for, and what its items give together."""

from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.contracts.expressions.evaluation import ExpressionError
from foundation.domain.states import StepStatus
from foundation.storage.execution.items import EndedItem
from orchestrator.intake.expansion import collected, items_of
from orchestrator.work import TickFailed

STEP = {"name": "each", "kind": "noop", "foreach": "${input.rows}"}


def an_item(index: int, status: StepStatus = StepStatus.SUCCESS, error: dict[str, Any] | None = None) -> EndedItem:
    return EndedItem(f"each[{index}]", status, {"of": index} if status is StepStatus.SUCCESS else None, error)


def test_the_items_are_the_lists_in_its_order() -> None:
    assert items_of(a_work(STEP, data={"input": {"rows": [3, None, {"a": 1}]}, "steps": {}})) == [3, None, {"a": 1}]


@pytest.mark.parametrize("rows", [{"rows": "abc"}, {"rows": {"a": 1}}, {}, {"rows": 5}])
def test_what_is_no_list_is_an_error_with_the_remedy(rows: dict[str, Any]) -> None:
    with pytest.raises(ExpressionError, match=r"/foreach: \$\{input.rows\} gives no list; write"):
        items_of(a_work(STEP, data={"input": rows, "steps": {}}))


def test_a_list_has_at_most_a_thousand_items() -> None:
    assert len(items_of(a_work(STEP, data={"input": {"rows": [0] * 1000}, "steps": {}}))) == 1000
    with pytest.raises(ExpressionError, match="gives 1001 items, and 1000 are taken"):
        items_of(a_work(STEP, data={"input": {"rows": [0] * 1001}, "steps": {}}))


def test_the_outputs_are_a_list_in_the_items_order() -> None:
    assert collected([an_item(0), an_item(1)]).output == [{"of": 0}, {"of": 1}]


def test_items_that_failed_are_named_and_the_others_outputs_kept() -> None:
    bad = [an_item(n, StepStatus.FAILED, {"code": "exit_code", "detail": f"exit {n}", "at": "noon"}) for n in range(7)]
    with pytest.raises(TickFailed) as caught:
        collected([an_item(7), *bad, an_item(8, StepStatus.CANCELLED)])
    failure = caught.value.failure
    assert failure.code == "items_failed"
    assert failure.detail == (
        "8 of 9 items did not succeed: each[0]: exit 0; each[1]: exit 1; each[2]: exit 2; each[3]: exit 3;"
        " each[4]: exit 4; and 3 more"
    )
    assert [(cause.step, cause.code, cause.at) for cause in failure.causes] == [
        (f"each[{n}]", "exit_code", "noon") for n in range(5)
    ]
    assert caught.value.output == [{"of": 7}, *[None] * 8]
    assert not caught.value.retryable


def test_an_item_that_was_stopped_without_an_error_is_told_by_its_state() -> None:
    with pytest.raises(TickFailed, match=r"1 of 1 items did not succeed: each\[0\]: CANCELLED"):
        collected([an_item(0, StepStatus.CANCELLED)])


def test_a_step_that_excuses_its_items_gives_what_there_is() -> None:
    assert collected([an_item(0), an_item(1, StepStatus.FAILED, {})], excused=True).output == [{"of": 0}, None]
