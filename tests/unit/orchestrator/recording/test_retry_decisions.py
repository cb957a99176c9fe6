"""Whether and when a failed attempt is followed by another."""

from uuid import UUID

import pytest

from fixtures.running.works import a_failure, a_placed_failure
from foundation.domain.failures import Failure
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.retry import DELAYS, MAX_ATTEMPTS, RetryCause, RetryPolicy
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.workflow.step_endings import dependency_failure
from orchestrator.recording.retried import delay_of, may_retry

LOST = a_failure("worker_lost", "gone", retryable=True)


def a_lease(*, attempt: int, retry: RetryPolicy | None = None) -> LeaseFence:
    dispatch = StepDispatch(
        TenantId(UUID(int=1)), RunId(UUID(int=2)), StepId(UUID(int=3)), generation=1, tick=0, task_token="token"
    )
    return LeaseFence(dispatch, 1, "draft", attempt, None, RecoveryPolicy.FAIL, retry or RetryPolicy())


def test_the_last_attempt_is_not_followed_by_another() -> None:
    attempts = range(1, MAX_ATTEMPTS + 1)
    assert [may_retry(a_lease(attempt=attempt), LOST) for attempt in attempts] == [
        *([True] * (MAX_ATTEMPTS - 1)),
        False,
    ]


@pytest.mark.parametrize(
    ("causes", "code", "transient", "again"),
    [
        ({RetryCause.TRANSIENT}, "worker_lost", True, True),
        ({RetryCause.TRANSIENT}, "exit_code", False, False),
        ({RetryCause.EXIT_CODE}, "exit_code", False, True),
        ({RetryCause.EXIT_CODE}, "worker_lost", True, False),
        ({RetryCause.EXIT_CODE, RetryCause.TRANSIENT}, "worker_lost", True, True),
        # the word for what passes by itself is no code, though a failure may be called so
        ({RetryCause.TRANSIENT}, "transient", False, False),
    ],
)
def test_a_definition_says_after_which_failures_a_step_is_tried_again(
    causes: set[RetryCause], code: str, transient: bool, again: bool
) -> None:
    policy = RetryPolicy(attempts=2, causes=frozenset(causes))
    failure = a_failure(code, "it failed", retryable=transient)
    assert may_retry(a_lease(attempt=1, retry=policy), failure) is again
    assert not may_retry(a_lease(attempt=2, retry=policy), failure)


def test_what_a_tool_says_of_its_failure_is_one_way_to_end_with_a_code() -> None:
    failure = Failure("egress_denied", "http says: no", retryable=False, cause="exit_code")
    asks, names = RetryPolicy(causes=frozenset({RetryCause.EXIT_CODE})), RetryPolicy()
    assert may_retry(a_lease(attempt=1, retry=asks), failure)
    assert not may_retry(a_lease(attempt=1, retry=names), failure)
    own, another = (RetryPolicy(causes=frozenset({code})) for code in ("egress_denied", "timed_out"))
    assert may_retry(a_lease(attempt=1, retry=own), failure)
    assert not may_retry(a_lease(attempt=1, retry=another), failure)


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS))
def test_the_pause_is_the_tables_at_the_most(attempt: int) -> None:
    assert 0 <= delay_of(a_lease(attempt=attempt), retry_after=None) <= DELAYS[attempt]


def test_a_failure_may_ask_for_a_longer_pause_and_not_for_a_shorter_one() -> None:
    assert delay_of(a_lease(attempt=1), retry_after=90) == 90
    assert 0.5 <= delay_of(a_lease(attempt=4), retry_after=0.5) <= DELAYS[4]


def test_a_failure_that_asks_for_no_pause_gets_none() -> None:
    assert delay_of(a_lease(attempt=4), retry_after=0) == 0


def test_a_skipped_dependent_says_which_step_failed_and_of_what() -> None:
    cause = a_placed_failure("tool_failed", "exit 1", step="fetch", attempt=2)
    document = dependency_failure(cause, step="fetch").as_json()
    assert document["code"] == "dependency_failed"
    assert document["detail"] == "step fetch failed: exit 1"
    assert document["causes"] == [cause.as_json()]
