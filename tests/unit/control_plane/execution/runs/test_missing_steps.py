"""What a name means of which a run has no step: something that comes, that will not come, or that is none."""

import pytest

from control_plane.execution.runs.missing_steps import (
    SHOWN_NAMES,
    NoSuchStep,
    PlannedStep,
    StepNotThereYet,
    why_missing,
)
from fixtures.running.rows import a_step
from foundation.domain.errors import Conflict
from foundation.domain.states import RunStatus, StepKind, StepStatus

PLAN = {
    "find": PlannedStep("find", StepKind.NOOP, for_each=False),
    "each": PlannedStep("each", StepKind.AGENT, for_each=True),
}
OPEN_LIST = {"find": a_step("find"), "each": a_step("each", status=StepStatus.QUEUED)}
KNOWN_LIST = {**OPEN_LIST, "each": a_step("each", status=StepStatus.WAITING, items=2)}
NO_LIST = {**OPEN_LIST, "each": a_step("each", status=StepStatus.SKIPPED)}


@pytest.mark.parametrize("name", ["find", "each", "each[3]"])
def test_before_its_run_is_opened_a_step_is_awaited(name: str) -> None:
    error = why_missing(RunStatus.PENDING, {name: None}, plan=PLAN, there={})
    assert type(error) is StepNotThereYet
    assert (error.retryable, error.retry_after) == (True, 2.0)
    assert error.detail == f"step {name} is not there yet: the run is PENDING"
    assert "until the run is RUNNING" in str(error.remedy)


def test_an_item_is_awaited_until_its_list_is_known() -> None:
    error = why_missing(RunStatus.RUNNING, {"each[3]": None}, plan=PLAN, there=OPEN_LIST)
    assert type(error) is StepNotThereYet
    assert "until the list of step each is known" in str(error.remedy)


@pytest.mark.parametrize(
    ("name", "there", "said"),
    [
        ("nobody", {}, "no step 'nobody'"),
        ("nobody[0]", {}, "no step 'nobody[0]'"),
        ("find[0]", {}, "step find has no foreach"),
        ("each[2]", KNOWN_LIST, "step each has 2 items, counted from 0"),
        ("each[0]", NO_LIST, "step each has no items"),
    ],
)
@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.PAUSED, RunStatus.CANCELLED])
def test_a_name_that_will_never_be_there_is_not_found_and_told_which_there_are(
    name: str, there: dict[str, object], said: str, status: RunStatus
) -> None:
    error = why_missing(status, {name: "/body/from"}, plan=PLAN, there=there)  # type: ignore[arg-type]  # rows above
    assert type(error) is NoSuchStep
    assert said in error.detail
    assert error.detail.endswith("; its steps are find, each")
    assert error.data() == {"errors": [{"pointer": "/body/from", "detail": error.faults[0].detail}]}
    assert not error.retryable


def test_of_several_names_only_the_wrong_ones_are_told() -> None:
    named = {"find": "/body/from/0", "nobody": "/body/from/1"}
    error = why_missing(RunStatus.CANCELLED, named, plan=PLAN, there={})
    assert isinstance(error, NoSuchStep)
    assert [fault.pointer for fault in error.faults] == ["/body/from/1"]


def test_a_step_of_a_run_that_ended_before_it_was_opened_never_comes() -> None:
    error = why_missing(RunStatus.CANCELLED, {"find": None}, plan=PLAN, there={})
    assert type(error) is Conflict
    assert not error.retryable
    assert "start a new run" in str(error.remedy)


def test_a_step_of_a_paused_run_comes_when_it_is_resumed() -> None:
    error = why_missing(RunStatus.PAUSED, {"find": None}, plan=PLAN, there={})
    assert type(error) is Conflict
    assert "resume" in str(error.remedy)


def test_of_many_steps_a_few_are_named() -> None:
    plan = {f"s{number}": PlannedStep(f"s{number}", StepKind.NOOP, for_each=False) for number in range(50)}
    error = why_missing(RunStatus.PENDING, {"nobody": None}, plan=plan, there={})
    assert error.detail.endswith(f"s{SHOWN_NAMES - 1} and {50 - SHOWN_NAMES} more")
