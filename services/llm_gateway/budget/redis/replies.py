"""Redis' replies as text."""

from typing import Any


def text(reply: Any) -> str:
    """A reply as text; nothing is the empty text."""
    if reply is None:
        return ""
    return reply.decode() if isinstance(reply, bytes) else str(reply)
