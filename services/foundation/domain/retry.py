"""When a failed attempt may be tried again."""

import random
from collections.abc import Callable

MAX_ATTEMPTS = 5
"""Of a step; what ends as the last of them stays failed."""
DELAYS = (0.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before attempt 1, 2, …, before jitter."""


def delay_before(attempt: int, *, uniform: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait before `attempt` (1-based): the table's delay, jittered by up to a quarter either way."""
    base = DELAYS[min(attempt, len(DELAYS)) - 1]
    return base * uniform(0.75, 1.25)
