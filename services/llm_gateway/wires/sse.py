"""Server-sent events: read, however their bytes are cut, and written."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from llm_gateway.exchange.failures import malformed

DONE = b"data: [DONE]\n\n"
"""The event that ends a stream of chat completions."""
_BLANKS = (b"\n\n", b"\r\n\r\n")
_encoder = msgspec.json.Encoder()


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


def write_data_event(document: Mapping[str, Any]) -> bytes:
    """An event without a name, as chat completions have it."""
    return b"data: " + _encoder.encode(document) + b"\n\n"


def write_named_event(document: Mapping[str, Any]) -> bytes:
    """An event whose name is the document's type, as messages and Responses have it."""
    return f"event: {document['type']}\ndata: ".encode() + _encoder.encode(document) + b"\n\n"
