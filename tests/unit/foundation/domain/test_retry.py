"""Retries: 0, 2, 4, 8, 16 seconds, jittered by a quarter."""

import pytest

from foundation.domain.retry import DELAYS, MAX_ATTEMPTS, delay_before


@pytest.mark.parametrize(("attempt", "delay"), [(1, 0), (2, 2), (3, 4), (4, 8), (5, 16), (9, 16)])
def test_the_delay_before_an_attempt(attempt: int, delay: float) -> None:
    assert delay_before(attempt, uniform=lambda low, high: (low + high) / 2) == delay
    assert 0.75 * delay <= delay_before(attempt) <= 1.25 * delay


def test_there_is_a_delay_for_every_attempt() -> None:
    assert len(DELAYS) == MAX_ATTEMPTS == 5
