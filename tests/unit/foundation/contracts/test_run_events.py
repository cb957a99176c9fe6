"""The log of a run: each kind of event has its type, and its data are as its readers know them."""

from uuid import UUID

import pytest

from fixtures.running.works import a_placed_failure
from foundation.contracts import run_events
from foundation.contracts.run_events import (
    RunEnded,
    RunEvent,
    RunPaused,
    StepCancelled,
    StepEvent,
    StepRetrying,
    StepWaiting,
)
from foundation.domain.ids import StepId
from foundation.domain.run_events import RunEventType
from foundation.domain.states import PauseReason, RunStatus, WaitReason

STEP = StepId(UUID(int=1))
KINDS = [
    kind
    for kind in vars(run_events).values()
    if isinstance(kind, type) and issubclass(kind, RunEvent) and kind not in {RunEvent, StepEvent, RunEnded}
]
TERMINAL = [status for status in RunStatus if status.is_terminal]


def test_every_type_belongs_to_one_kind_of_event() -> None:
    ends = [RunEnded(status=status, error=None).event_type for status in TERMINAL]
    assert sorted([*(kind.type for kind in KINDS), *ends]) == sorted(RunEventType)


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_says_whether_the_event_is_of_a_step(kind: type[RunEvent]) -> None:
    assert kind.type.startswith("step." if issubclass(kind, StepEvent) else "run.")


@pytest.mark.parametrize("status", TERMINAL)
def test_the_last_event_names_the_state_that_the_run_ended_in(status: RunStatus) -> None:
    event = RunEnded(status=status, error=None)
    assert event.event_type == f"run.{status.lower()}"
    assert event.data() == {"error": None}


def test_a_steps_id_is_no_part_of_the_data() -> None:
    error = a_placed_failure("cancelled", step="draft").as_json()
    assert StepCancelled(step_id=STEP, name="draft", error=error).data() == {"name": "draft", "error": error}


def test_a_wait_is_told_as_what_the_step_waits_for() -> None:
    assert StepWaiting(step_id=STEP, waits_for=WaitReason.SLOT).data() == {"for": "slot"}


def test_what_the_writer_gave_is_kept_also_where_it_is_nothing() -> None:
    by_budget = RunPaused(reason=PauseReason.BUDGET, scope="user", detail="spent", resets_at=None, again_in_seconds=300)
    assert by_budget.data() == {
        "reason": "budget",
        "scope": "user",
        "detail": "spent",
        "resets_at": None,
        "again_in_seconds": 300,
    }
    assert RunPaused(reason=PauseReason.USER).data() == {"reason": "user"}


def test_a_pause_without_delay_stays_a_whole_number() -> None:
    event = StepRetrying(step_id=STEP, name="draft", attempt=1, error={"code": "x"}, delay_seconds=0)
    assert repr(event.data()["delay_seconds"]) == "0"


def test_an_event_of_an_earlier_version_can_be_read() -> None:
    event = RunPaused.model_validate({"reason": "budget", "told_by": "an earlier version"})
    assert event == RunPaused(reason=PauseReason.BUDGET)
