"""Carries one connection of a job within a TLS connection of its runner's to the egress service.

TLS has no half of a connection to close, and a client that has said all still waits for its answer. So what is carried
is pieces, each behind its length (two bytes, the most significant first); a piece of nothing ends its direction. A
connection that breaks without that has broken in both.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeAlias

from foundation.telemetry.background import cancelled
from tool_runtime.egress.limits import Turns

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_LENGTH = 2
_PIECE = (1 << 8 * _LENGTH) - 1
_PIECES_A_TURN = 256
_LINGER_SECONDS = 1.0
"""How long the job may go on to speak when its answer is over, as the proxy has it elsewhere."""


async def carry_to_service(job: Stream, link: Stream, turns: Turns) -> None:
    """A job's connection over the link, until its answer has ended; then both are closed."""
    await _both(job, link, said=_pack(job[0], link[1]), answered=_unpack(link[0], job[1], turns))


async def carry_to_proxy(link: Stream, proxy: Stream, turns: Turns) -> None:
    """What comes over the link to the proxy, until its answer has ended; then both are closed."""
    await _both(link, proxy, said=_unpack(link[0], proxy[1], turns), answered=_pack(proxy[0], link[1]))


async def _both(
    here: Stream, there: Stream, *, said: Coroutine[Any, Any, None], answered: Coroutine[Any, Any, None]
) -> None:
    up, down = asyncio.create_task(_whole(said)), asyncio.create_task(_whole(answered))
    try:
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if up.done() and up.result():
            await asyncio.wait({down})
        elif down.done() and down.result():
            await asyncio.wait({up}, timeout=_LINGER_SECONDS)
    finally:
        await cancelled([up, down])
        for _, writer in (here, there):
            writer.close()


async def _whole(direction: Coroutine[Any, Any, None]) -> bool:
    """Whether it has come to its end."""
    try:
        await direction
    except (OSError, EOFError):
        return False
    return True


async def _pack(reader: asyncio.StreamReader, link: asyncio.StreamWriter) -> None:
    while data := await reader.read(_PIECE):
        link.write(len(data).to_bytes(_LENGTH, "big") + data)
        await link.drain()
    link.write(bytes(_LENGTH))
    await link.drain()


async def _unpack(link: asyncio.StreamReader, writer: asyncio.StreamWriter, turns: Turns) -> None:
    pieces = _Pieces()
    while not pieces.ended:
        data = await link.read(_PIECE)
        if not data:
            raise asyncio.IncompleteReadError(b"", None)
        pieces.feed(data)
        count = _PIECES_A_TURN
        while count == _PIECES_A_TURN:
            carried, count = pieces.take(_PIECES_A_TURN)
            writer.write(carried)
            await writer.drain()
            if count > 1:
                await turns.give_way()
    writer.write_eof()


class _Pieces:
    """Takes pieces out of their lengths as these are read. What follows the end is nobody's, and is left."""

    def __init__(self) -> None:
        self.ended = False
        self._held = b""
        self._at = 0
        self._left = 0

    def feed(self, data: bytes) -> None:
        self._held = self._held[self._at :] + data
        self._at = 0

    def take(self, most: int) -> tuple[bytes, int]:
        """What is in up to so many pieces of what was read, and how many began there."""
        carried, count = [], 0
        while count < most and not self.ended:
            if self._left:
                part = self._held[self._at : self._at + self._left]
                self._at += len(part)
                self._left -= len(part)
                carried.append(part)
                if self._left:
                    break
            if len(self._held) - self._at < _LENGTH:
                break
            self._left = int.from_bytes(self._held[self._at : self._at + _LENGTH], "big")
            self._at += _LENGTH
            self.ended = self._left == 0
            count += 1
        return b"".join(carried), count
