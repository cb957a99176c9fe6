"""When a failed attempt may be tried again."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MAX_ATTEMPTS = 5
"""Of a step; what ends as the last of them stays failed."""
DELAYS = (0.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before attempt 1, 2, … at the most."""


class RetryCause(StrEnum):
    """The failures for which a definition may have a step tried again: those that pass by themselves, or one code."""

    TRANSIENT = "transient"
    """What the platform itself knows to pass: time-outs of the network, 5xx, 429, a lost worker or runner."""

    # A program's failures, by the reason of its job.
    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    WALL_TIME = "wall_time"
    CPU_TIME = "cpu_time"
    MEMORY = "memory"
    OUTPUT = "output"

    # A model's.
    MODEL_ANSWER_INVALID = "model_answer_invalid"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a step is tried, and after which failures."""

    attempts: int = MAX_ATTEMPTS
    causes: frozenset[str] = frozenset({RetryCause.TRANSIENT})
    """`RetryCause`, or codes of a tool's own."""

    def allows(self, *, names: frozenset[str], transient: bool, attempt: int) -> bool:
        """Whether a step whose attempt of this number (1-based) failed is tried again; `names` are its failure's."""
        return attempt < self.attempts and (self.asks_for(names) or (transient and RetryCause.TRANSIENT in self.causes))

    def asks_for(self, names: frozenset[str]) -> bool:
        """Whether the definition names this very failure."""
        return not (self.causes - {RetryCause.TRANSIENT}).isdisjoint(names)


def delay_before(attempt: int, *, uniform: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds to wait before `attempt` (1-based): any part of the table's delay, so that many do not come at once."""
    base = DELAYS[min(attempt, len(DELAYS)) - 1]
    return uniform(0.0, base)
