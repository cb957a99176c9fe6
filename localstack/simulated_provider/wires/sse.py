"""Server-sent events as bytes."""

import json
from typing import Any

DONE = b"data: [DONE]\n\n"


def data_event(document: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()


def named_event(document: dict[str, Any]) -> bytes:
    """An event with the name that its document has in `type`."""
    return f"event: {document['type']}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n".encode()


def padded(events: bytes, size: int) -> bytes:
    """The events, with the last one padded so that it has at least `size` bytes."""
    begin = events.rfind(b"\n\n", 0, len(events) - 2) + 2 if b"\n\n" in events[:-2] else 0
    member = b', "obfuscation": ""'
    missing = max(0, size - (len(events) - begin) - len(member))
    return events.removesuffix(b"}\n\n") + member[:-1] + b"x" * missing + b'"}\n\n'
