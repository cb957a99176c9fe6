"""Server-sent events as each dialect writes them."""

from collections.abc import Mapping
from typing import Any

import msgspec

DONE = b"data: [DONE]\n\n"
"""The terminal event of chat completions."""
_encoder = msgspec.json.Encoder()


def encoded(document: Mapping[str, Any]) -> bytes:
    return _encoder.encode(document)


def chat_event(document: Mapping[str, Any]) -> bytes:
    return b"data: " + _encoder.encode(document) + b"\n\n"


def named_event(document: Mapping[str, Any]) -> bytes:
    """An event whose name is the document's type, as messages and Responses have it."""
    return f"event: {document['type']}\ndata: ".encode() + _encoder.encode(document) + b"\n\n"
