"""How long a request may take to come in, and how large its head may be; pure, so that it is told the time."""

from dataclasses import dataclass, field
from enum import Enum, auto

MAX_HEAD_SECONDS = 30.0
"""For the whole head, from the connection's beginning or from its first byte after an answer."""
MAX_BODY_SECONDS = 30.0
"""For the body, and more for what has come of it already."""
LEAST_BYTES_PER_SECOND = 1024
"""What a body brings on average once `MAX_BODY_SECONDS` are over: a slow line is waited for, a dripping one is not."""
MAX_HEAD_BYTES = 65_536
"""The line and the fields of a request; likewise what a chunked body has around its bytes."""


@dataclass(frozen=True, slots=True)
class Patience:
    """The times of an arrival."""

    head_seconds: float = MAX_HEAD_SECONDS
    body_seconds: float = MAX_BODY_SECONDS
    least_bytes_per_second: float = LEAST_BYTES_PER_SECOND


class Phase(Enum):
    """What a connection waits for from its client."""

    HEAD = auto()
    BODY = auto()
    NOTHING = auto()
    """The request has come whole, or none has begun since the last."""


@dataclass(slots=True)
class Arrival:
    """What has come of a request, and when it must have come whole."""

    phase: Phase
    since: float
    patience: Patience = field(default_factory=Patience)
    framing: int = 0
    """Bytes of the head, or in a body those since its last own ones."""
    received: int = 0
    """Bytes of the body."""

    def enter(self, phase: Phase, now: float) -> None:
        self.phase, self.since, self.framing, self.received = phase, now, 0, 0

    def body_came(self, size: int) -> None:
        self.received += size
        self.framing = 0

    def is_overlong(self) -> bool:
        return self.framing > MAX_HEAD_BYTES

    def deadline(self) -> float:
        """By the clock of `since`."""
        if self.phase is Phase.BODY:
            return self.since + self.patience.body_seconds + self._earned()
        return self.since + self.patience.head_seconds

    def held_up(self, now: float) -> None:
        """We have not read: the time until now is not the client's."""
        self.since = now - self._earned()

    def _earned(self) -> float:
        """Seconds that the body's bytes have brought it."""
        return self.received / self.patience.least_bytes_per_second
