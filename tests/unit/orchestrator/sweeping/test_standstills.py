"""What the sweeper does about a run that stands still."""

from dataclasses import replace
from uuid import UUID

import pytest

from foundation.cloud.executions.base import Described
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.execution.runs import Standstill
from orchestrator.sweeping.standstills import Remedy, reason_to_reopen, remedy_of

RUNNING = Standstill(
    tenant_id=TenantId(UUID(int=1)),
    run_id=RunId(UUID(int=2)),
    generation=1,
    status=RunStatus.RUNNING,
    overdue=False,
    pause_reason=None,
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
