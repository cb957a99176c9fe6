"""The gateway's answers about its own operation: its breakers, and alerts that a person should look at."""

from enum import StrEnum
from typing import Any

from foundation.contracts.message import Message


class BreakerState(StrEnum):
    """Whether what a breaker guards is called."""

    CLOSED = "closed"
    OPEN = "open"
    """It has failed again and again, and is not called for a while."""
    HALF_OPEN = "half-open"
    """One call is let through to try."""


class BreakerCause(StrEnum):
    """What opened or closed a breaker."""

    NEVER_OPENED = "never_opened"
    """Nothing yet, as far as this gateway knows."""
    FAILURES = "failures"
    ERROR_RATE = "error_rate"
    RATE_LIMITED = "rate_limited"
    TRIAL_FAILED = "trial_failed"
    TRIALS_SUCCEEDED = "trials_succeeded"
    RESET = "reset"
    """An operator."""


class OperationsKind(StrEnum):
    """What an entry tells of."""

    ALERT = "alert"
    BREAKER = "breaker"


class Breaker(Message):
    """A breaker, and what changed it last; `calls` and `failures` are what one gateway saw lately."""

    provider: str
    model: str
    state: BreakerState
    why: BreakerCause
    retry_after_seconds: float
    calls: int
    failures: int


class OperationsEntry(Message):
    """An alert, or a breaker's change."""

    at_ms: int
    kind: OperationsKind
    name: str
    state: BreakerState | None = None
    why: BreakerCause | None = None
    by: str | None = None
    about: dict[str, Any] | None = None
