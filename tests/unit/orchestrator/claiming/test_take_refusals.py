"""Why a message brings no work: the first reason that holds, of those that make it useless for good."""

from dataclasses import replace
from uuid import UUID

import pytest

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution.dispatches import StepDispatch
from foundation.workflow.claims import StepState
from orchestrator.claiming.taking import TakeRefusal, refusal_of

MESSAGE = StepDispatch(
    TenantId(UUID(int=1)), RunId(UUID(int=2)), StepId(UUID(int=3)), generation=2, tick=4, task_token="token"
)
QUEUED = StepState(
    StepStatus.QUEUED, RunStatus.RUNNING, generation=2, tick=4, unmet_needs=0, wait_reason=None, limited=False
)


def test_a_step_that_is_not_there_is_unknown() -> None:
    assert refusal_of(None, MESSAGE) is TakeRefusal.UNKNOWN


def test_a_message_of_the_current_tick_is_worth_another_try() -> None:
    assert refusal_of(QUEUED, MESSAGE) is None


@pytest.mark.parametrize("generation", [1, 3])
def test_a_message_of_another_generation_is_stale(generation: int) -> None:
    assert refusal_of(replace(QUEUED, generation=generation), MESSAGE) is TakeRefusal.STALE


def test_a_message_of_an_earlier_tick_is_stale_and_one_of_a_later_tick_is_not() -> None:
    assert refusal_of(replace(QUEUED, tick=5), MESSAGE) is TakeRefusal.STALE
    assert refusal_of(replace(QUEUED, tick=3), MESSAGE) is None


@pytest.mark.parametrize("status", [status for status in StepStatus if status.is_terminal])
def test_a_finished_step_is_answered_again_even_when_its_run_has_ended(status: StepStatus) -> None:
    ended = replace(QUEUED, status=status, run_status=RunStatus.CANCELLED)
    assert refusal_of(ended, MESSAGE) is TakeRefusal.ANSWERED


def test_a_finished_step_is_not_answered_for_a_message_of_another_generation() -> None:
    assert refusal_of(replace(QUEUED, status=StepStatus.SUCCESS, generation=3), MESSAGE) is TakeRefusal.STALE


@pytest.mark.parametrize("status", [status for status in RunStatus if status is not RunStatus.RUNNING])
def test_no_step_of_a_run_that_does_not_run_is_taken(status: RunStatus) -> None:
    assert refusal_of(replace(QUEUED, run_status=status), MESSAGE) is TakeRefusal.RUN_NOT_RUNNING


def test_a_running_step_is_held_by_somebody() -> None:
    assert refusal_of(replace(QUEUED, status=StepStatus.RUNNING), MESSAGE) is TakeRefusal.HELD


def test_a_step_whose_request_waits_is_not_asked_again() -> None:
    waiting = replace(QUEUED, status=StepStatus.WAITING, wait_reason=WaitReason.APPROVAL)
    assert refusal_of(waiting, MESSAGE) is TakeRefusal.HANDED_OVER
    assert refusal_of(replace(waiting, wait_reason=WaitReason.SLOT), MESSAGE) is None


def test_a_step_that_something_limits_stands_in_line_unless_it_cannot_run_yet() -> None:
    assert refusal_of(replace(QUEUED, limited=True), MESSAGE) is TakeRefusal.LIMITED
    assert refusal_of(replace(QUEUED, limited=True, unmet_needs=1), MESSAGE) is None
    running = replace(QUEUED, limited=True, status=StepStatus.RUNNING)
    assert refusal_of(running, MESSAGE) is TakeRefusal.HELD
