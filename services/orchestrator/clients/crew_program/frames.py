"""Frames between a worker and the program of a crew: four bytes of length, big-endian, then a JSON object in UTF-8.

Both sides read this file, and the program's environment has none of our packages: standard library only.
"""

import json
from typing import Any

VERSION = 1
"""Both sides name it in their first frame; another one is refused."""

MAX_BYTES = 16 * 1024 * 1024
"""Of one frame: a request with all that its agent has read so far."""

LENGTH_BYTES = 4


class CrewFrameError(Exception):
    """A frame is too long, or is no JSON object."""


def encode(document: dict[str, Any]) -> bytes:
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if len(body) > MAX_BYTES:
        raise CrewFrameError(f"a frame of {len(body)} bytes; at most {MAX_BYTES} are sent")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def length_of(prefix: bytes) -> int:
    length = int.from_bytes(prefix, "big")
    if length > MAX_BYTES:
        raise CrewFrameError(f"a frame of {length} bytes; at most {MAX_BYTES} are read")
    return length


def decode(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise CrewFrameError(f"a frame is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise CrewFrameError("a frame is no JSON object")
    return document
