"""Server-sent events, however their bytes are cut."""

from collections.abc import Iterator

from llm_gateway.exchange.failures import malformed

_BLANKS = (b"\n\n", b"\r\n\r\n")


class EventBuffer:
    """Keeps what is incomplete; `UpstreamFailed` when an event grows past its bound."""

    def __init__(self, *, most_bytes: int) -> None:
        self._pending = bytearray()
        self._most_bytes = most_bytes

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Each event that a chunk completes with its data, which is empty for a comment."""
        self._pending += chunk
        while (event := next_event(self._pending)) is not None:
            yield event, data_of(event)
        if len(self._pending) > self._most_bytes:
            raise malformed()


def next_event(pending: bytearray) -> bytes | None:
    """Take the first complete event off the buffer; lines may end in LF or CRLF."""
    ends = [(at, len(blank)) for blank in _BLANKS if (at := pending.find(blank)) >= 0]
    if not ends:
        return None
    at, size = min(ends)
    event = bytes(pending[: at + size])
    del pending[: at + size]
    return event


def data_of(event: bytes) -> bytes:
    """The data of an event; empty for a comment."""
    return b"\n".join(line[5:].strip() for line in event.splitlines() if line.startswith(b"data:"))
