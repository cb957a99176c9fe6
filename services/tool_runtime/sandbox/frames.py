"""Framing of the control channel between the runner and the first process of the sandbox.

A frame is `u32 length | u8 kind | payload`, big-endian, the length counting kind and payload. Every frame that comes
from inside is untrusted: the decoder refuses a length above its cap before it reads the payload.
This module also runs inside the sandbox, under the system's interpreter: standard library only, and little of it, as
each sandbox waits for what is imported here (`dataclasses` alone would be a quarter of its first process's start).
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 256 * 1024
FRAME_CAP = CHUNK + 4096
NAME_CAP = 1024

PROXY_ADDRESS = ("127.0.0.1", 3128)
"""Of the job's own loopback."""
PROXY_BACKLOG = 64

# To the inside: the job, a piece of a file, go; and, while the job runs, that it is to end now.
JOB, FILE, GO, STOP = b"J", b"F", b"G", b"K"
# From the inside: ready, started, exited with a report, a piece of an artifact, one of the workspace, the end with what
# was left out, if anything was. With READY comes the socket on which the job will find its proxy.
READY, STARTED, EXITED, ARTIFACT, WORKSPACE, END = b"R", b"S", b"X", b"O", b"W", b"E"

WORKSPACE_IS_KEPT = "WORKSPACE_IS_KEPT"
"""Stands in the environment of a job whose workspace goes on to later ones."""
WORKSPACE_PLACE = b"/tmp/workspace.tar.gz"
"""Where the archive of a workspace lies until it is unpacked."""

REPORT = ("exit_code", "signal", "wall_ms", "cpu_ms", "max_rss_bytes")
"""What is told of a job that has exited: whole numbers from 0 on, or None."""

_HEAD = struct.Struct("!Ic")
_PIECE = struct.Struct("!HB")
_REPORT = struct.Struct(f"!{len(REPORT)}q")
_NONE = -1


class FrameError(ValueError):
    """The other side broke the protocol."""


def encode(kind: bytes, payload: bytes = b"") -> bytes:
    return _HEAD.pack(len(payload) + 1, kind) + payload


def encode_report(told: dict[str, int | None]) -> bytes:
    return encode(EXITED, _REPORT.pack(*(_NONE if (value := told[name]) is None else value for name in REPORT)))


def decode_report(payload: bytes) -> dict[str, int | None]:
    if len(payload) != _REPORT.size:
        raise FrameError(f"a report of {len(payload)} bytes")
    return {name: value if value >= 0 else None for name, value in zip(REPORT, _REPORT.unpack(payload), strict=True)}


class Piece:
    """A part of a file: its name as raw bytes, whether it is the last part, the bytes."""

    __slots__ = ("data", "last", "name")

    def __init__(self, name: bytes, *, last: bool, data: bytes) -> None:
        self.name, self.last, self.data = name, last, data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Piece):
            return NotImplemented
        return (self.name, self.last, self.data) == (other.name, other.last, other.data)

    def __hash__(self) -> int:
        return hash((self.name, self.last, self.data))

    def __repr__(self) -> str:
        return f"Piece({self.name!r}, last={self.last}, {len(self.data)} bytes)"


def encode_piece(kind: bytes, piece: Piece) -> bytes:
    head = _PIECE.pack(len(piece.name), piece.last)
    return encode(kind, head + piece.name + piece.data)


def decode_piece(payload: bytes) -> Piece:
    if len(payload) < _PIECE.size:
        raise FrameError("piece without a head")
    length, last = _PIECE.unpack_from(payload)
    end = _PIECE.size + length
    if not 0 < length <= NAME_CAP or end > len(payload) or last > 1:
        raise FrameError("piece with a bad head")
    return Piece(name=payload[_PIECE.size : end], last=bool(last), data=payload[end:])


def pieces(name: bytes, content: bytes) -> Iterator[Piece]:
    """A file cut into pieces; an empty file is one empty last piece."""
    for start in range(0, max(len(content), 1), CHUNK):
        yield Piece(name=name, last=start + CHUNK >= len(content), data=content[start : start + CHUNK])


class Decoder:
    """Turns a stream of bytes, cut anywhere, into frames."""

    def __init__(self, *, cap: int = FRAME_CAP) -> None:
        self.cap = cap
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._buffer)
            if not 0 < length <= self.cap:
                raise FrameError(f"frame of {length} bytes")
            end = 4 + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_HEAD.size : end])
            del self._buffer[:end]
            yield kind, payload
