"""Server-sent events, however their bytes are cut."""

_BLANKS = (b"\n\n", b"\r\n\r\n")


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
