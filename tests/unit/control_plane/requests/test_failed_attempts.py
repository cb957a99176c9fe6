"""Who guesses is held off for a minute, and nobody else is."""

import pytest

from control_plane.requests.failed_attempts import MOST_FAILURES, FailedAttempts
from foundation.domain.errors import QuotaExceeded


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_caller_is_let_in_again_when_its_failures_are_a_minute_old() -> None:
    clock = Clock()
    attempts = FailedAttempts(clock)
    for _ in range(MOST_FAILURES):
        attempts.require_room("203.0.113.7")
        attempts.note("203.0.113.7")
    attempts.require_room("203.0.113.8")
    with pytest.raises(QuotaExceeded, match="were not signed well within a minute") as refused:
        attempts.require_room("203.0.113.7")
    assert refused.value.retry_after == 60
    clock.now += 59.5
    with pytest.raises(QuotaExceeded) as nearly:
        attempts.require_room("203.0.113.7")
    assert nearly.value.retry_after == 1
    clock.now += 0.5
    attempts.require_room("203.0.113.7")


def test_failures_of_different_moments_leave_one_by_one() -> None:
    clock = Clock()
    attempts = FailedAttempts(clock)
    attempts.note("203.0.113.7")
    clock.now += 30
    for _ in range(MOST_FAILURES - 1):
        attempts.note("203.0.113.7")
    with pytest.raises(QuotaExceeded) as refused:
        attempts.require_room("203.0.113.7")
    assert refused.value.retry_after == 30
    clock.now += 30
    attempts.require_room("203.0.113.7")
