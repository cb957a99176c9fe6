"""Whether and when a failed attempt is followed by another."""

from uuid import UUID

import pytest

from foundation.domain.errors import Failure
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.retry import DELAYS, MAX_ATTEMPTS
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.workflow.step_endings import dependency_failure
from orchestrator.recording.retried import delay_of, may_retry


def a_lease(*, attempt: int) -> LeaseFence:
    dispatch = StepDispatch(
        TenantId(UUID(int=1)), RunId(UUID(int=2)), StepId(UUID(int=3)), generation=1, tick=0, task_token="token"
    )
    return LeaseFence(dispatch, 1, "draft", attempt, None, RecoveryPolicy.FAIL)


def test_the_last_attempt_is_not_followed_by_another() -> None:
    assert [may_retry(a_lease(attempt=attempt)) for attempt in range(1, MAX_ATTEMPTS + 1)] == [
        *([True] * (MAX_ATTEMPTS - 1)),
        False,
    ]


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS))
def test_the_pause_is_the_tables_within_a_quarter(attempt: int) -> None:
    base = DELAYS[attempt]
    assert 0.75 * base <= delay_of(a_lease(attempt=attempt), retry_after=None) <= 1.25 * base


def test_a_failure_may_ask_for_a_longer_pause_and_not_for_a_shorter_one() -> None:
    assert delay_of(a_lease(attempt=1), retry_after=90) == 90
    assert delay_of(a_lease(attempt=4), retry_after=0.5) >= 0.75 * DELAYS[4]


def test_a_failure_that_asks_for_no_pause_gets_none() -> None:
    assert delay_of(a_lease(attempt=4), retry_after=0) == 0


def test_a_skipped_dependent_says_which_step_failed_and_of_what() -> None:
    cause = Failure("tool_failed", "exit 1", step="fetch")
    document = dependency_failure(cause, step="fetch").as_json()
    assert document["code"] == "dependency_failed"
    assert document["detail"] == "step fetch failed: exit 1"
    assert document["causes"] == [cause.as_json()]
