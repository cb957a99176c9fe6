"""Redis' replies as text, and the words with which the scripts answer a reservation."""

from enum import Enum
from typing import Any


class ReserveReply(bytes, Enum):
    """The first word of what reserve.lua answers."""

    RESERVED = b"reserved"
    CLOSED = b"closed"
    STALE_WINDOW = b"stale_window"
    REPLAY = b"replay"
    IN_PROGRESS = b"in_progress"
    RUN_CLOSED = b"run_closed"
    STALE_LEASE = b"stale_lease"
    LIMITED = b"limited"
    BACKFILL_NEEDED = b"backfill_needed"
    SPENT = b"spent"
    HELD = b"held"


def text(reply: Any) -> str:
    """A reply as text; nothing is the empty text."""
    if reply is None:
        return ""
    return reply.decode() if isinstance(reply, bytes) else str(reply)
