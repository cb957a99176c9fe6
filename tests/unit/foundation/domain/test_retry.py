"""Retries: after any part of 0, 2, 4, 8, 16 seconds."""

import pytest

from foundation.domain.retry import DELAYS, MAX_ATTEMPTS, delay_before


@pytest.mark.parametrize(("attempt", "most"), [(1, 0), (2, 2), (3, 4), (4, 8), (5, 16), (9, 16)])
def test_the_delay_before_an_attempt(attempt: int, most: float) -> None:
    assert delay_before(attempt, uniform=lambda low, high: high if low == 0 else -1) == most
    assert 0 <= delay_before(attempt) <= most


def test_there_is_a_delay_for_every_attempt() -> None:
    assert len(DELAYS) == MAX_ATTEMPTS == 5
