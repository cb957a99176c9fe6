"""What a worker says of itself while it lives, as the API reads it."""

from datetime import datetime
from enum import StrEnum

from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.message import Message
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.ids import TenantId


class WorkerStatus(StrEnum):
    """What a worker does with new work."""

    STARTING = "starting"
    """It has not begun to take any."""
    WORKING = "working"
    DRAINING = "draining"
    """It takes none any more, and stops when its steps have ended or were given back."""


class BreakerPresence(Message):
    """One of a worker's breakers; `since` is when its state changed last."""

    name: str
    state: BreakerState
    since: datetime
    retry_after_seconds: float


class WorkerPresence(Message):
    """A worker as it was when it was seen last; `running` is how many steps of each tenant it held then."""

    id: str
    status: WorkerStatus
    since: datetime
    seen_at: datetime
    concurrency: int
    running: dict[TenantId, int]
    breakers: tuple[BreakerPresence, ...] = ()
    lacks: RuntimeLacks = RuntimeLacks()
    """What the tool runtime that it asks cannot run."""
