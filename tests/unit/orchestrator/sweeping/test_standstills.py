"""What the sweeper does about a run that stands still."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from foundation.cloud.executions.base import Described
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.workflow.stalls.causes import StallCause
from foundation.workflow.stalls.standstills import Standstill
from orchestrator.sweeping.standstills import Recovery, Remedy, reason_to_reopen, recovery_of, remedy_of

RUNNING = Standstill(
    tenant_id=TenantId(UUID(int=1)),
    run_id=RunId(UUID(int=2)),
    generation=1,
    status=RunStatus.RUNNING,
    overdue=False,
    pause_reason=None,
    progressed_at=datetime(2026, 3, 1, tzinfo=UTC),
    still_seconds=1000,
)
OUT_OF_BUDGET = replace(RUNNING, status=RunStatus.PAUSED, pause_reason=PauseReason.BUDGET)


@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.RUNNING])
def test_an_open_run_is_asked_about(status: RunStatus) -> None:
    assert remedy_of(replace(RUNNING, status=status), budget_pause_seconds=300) is Remedy.ASK_ABOUT_EXECUTION


@pytest.mark.parametrize("run", [RUNNING, OUT_OF_BUDGET])
def test_a_run_past_its_deadline_is_timed_out_whatever_else_it_waits_for(run: Standstill) -> None:
    assert remedy_of(replace(run, overdue=True), budget_pause_seconds=300) is Remedy.TIME_OUT


@pytest.mark.parametrize(("still", "remedy"), [(299.9, Remedy.LEAVE), (300, Remedy.TRY_BUDGET_AGAIN)])
def test_a_run_out_of_budget_is_tried_again_when_its_pause_is_over(still: float, remedy: Remedy) -> None:
    assert remedy_of(replace(OUT_OF_BUDGET, still_seconds=still), budget_pause_seconds=300) is remedy


def test_a_run_that_a_person_paused_is_left_to_people() -> None:
    paused = replace(OUT_OF_BUDGET, pause_reason=PauseReason.USER)
    assert remedy_of(paused, budget_pause_seconds=300) is Remedy.LEAVE


def test_a_run_whose_execution_is_lost_gets_a_new_one() -> None:
    assert reason_to_reopen(None) == "Step Functions lost the execution"


def test_a_run_whose_execution_succeeded_without_ending_it_gets_a_new_one() -> None:
    assert reason_to_reopen(Described("SUCCEEDED")) == "the execution ended without the run"


@pytest.mark.parametrize("status", ["RUNNING", "FAILED", "TIMED_OUT", "ABORTED"])
def test_a_run_whose_execution_runs_or_ended_from_outside_gets_none(status: str) -> None:
    assert reason_to_reopen(Described(status)) is None


def test_what_is_certain_is_put_right_at_once_whatever_else_is_found() -> None:
    found = [StallCause.MESSAGE_LOST, StallCause.CYCLE, StallCause.WAKE_LOST]
    assert recovery_of(found, still_seconds=30, generation=1) is Recovery.COUNT_NEEDS_ANEW
    assert recovery_of(found[:2], still_seconds=30, generation=1) is Recovery.END_DEADLOCKED


@pytest.mark.parametrize(
    ("still", "generation", "recovery"),
    [
        (119.9, 1, Recovery.LEAVE),
        (120, 1, Recovery.REOPEN),
        (239.9, 2, Recovery.LEAVE),
        (240, 2, Recovery.REOPEN),
        (7680, 7, Recovery.REOPEN),
        (7680, 100, Recovery.REOPEN),
    ],
)
def test_a_loss_is_concluded_from_a_silence_that_doubles_with_each_generation(
    still: float, generation: int, recovery: Recovery
) -> None:
    assert recovery_of([StallCause.CALLBACK_LOST], still_seconds=still, generation=generation) is recovery


@pytest.mark.parametrize("cause", [StallCause.UNDELIVERED, StallCause.NO_WORKER, StallCause.NOBODY_MAY_DECIDE])
def test_what_a_new_start_would_not_change_is_left(cause: StallCause) -> None:
    assert recovery_of([cause], still_seconds=100_000, generation=1) is Recovery.LEAVE
