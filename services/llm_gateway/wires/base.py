"""What a wire reads of a stream: one event at a time, and what it means to the gateway."""

from enum import StrEnum
from typing import Protocol

import msgspec

from llm_gateway.exchange.usage import Usage


class EventKind(StrEnum):
    """What one event of a stream means to the gateway."""

    CONTENT = "content"
    USAGE = "usage"
    DONE = "done"
    ERROR = "error"


class StreamEvent(msgspec.Struct, frozen=True):
    """One event; `wire` is what the caller gets of it, empty for what only the gateway asked for."""

    kind: EventKind
    wire: bytes
    usage: Usage | None = None


class EventReader(Protocol):
    """Reads one stream."""

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; `UpstreamFailed` on malformed ones."""
        ...
