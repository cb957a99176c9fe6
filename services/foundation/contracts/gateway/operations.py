"""The gateway's answers about its own operation: its breakers, and alerts that a person should look at."""

from typing import Any

from foundation.contracts.message import Message


class Breaker(Message):
    """A breaker: `state` is closed, half-open or open, `calls` and `failures` are what one gateway saw lately."""

    provider: str
    model: str
    state: str
    why: str
    retry_after_seconds: float
    calls: int
    failures: int


class OperationsEntry(Message):
    """An alert, or a breaker's change."""

    at_ms: int
    kind: str
    name: str
    state: str | None = None
    why: str | None = None
    by: str | None = None
    about: dict[str, Any] | None = None
