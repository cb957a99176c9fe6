"""Moves bytes between a job and the server that it reached, counted, and with an end to every pause."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from foundation.contracts.egress.records import EgressReason
from tool_runtime.egress.answers import AnswerHeads
from tool_runtime.egress.grammar import malformed
from tool_runtime.egress.journal import Entry
from tool_runtime.egress.limits import Meter
from tool_runtime.egress.refusals import CutError

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Dial(Protocol):
    """Connects to an address, by TLS where a context is given; asyncio's `open_connection` is one."""

    async def __call__(
        self, host: str, port: int, *, ssl: ssl.SSLContext | None = None, server_hostname: str | None = None
    ) -> Stream:
        """Raises `OSError`."""
        ...


PIECE = 64 * 1024
CHUNK_BYTES = 64
"""What a chunk costs of the job's bytes besides its data: to take it apart is work, however little is in it."""
CHUNKS_A_TURN = 256
_MAX_SIZE = 15  # digits
_SIZE = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True)
class Ends:
    """The two connections of one request."""

    client: Stream
    server: Stream


@dataclass
class Transfer:
    """One request's bytes. `lively` is called when some have moved."""

    entry: Entry
    meter: Meter
    lively: Callable[[], None] = lambda: None

    async def up(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        self.meter.moved(len(data))
        self.entry.up += len(data)
        await self.send(data, writer)

    async def down(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        self.count_down(len(data))
        await self.send(data, writer)

    def count_down(self, count: int) -> None:
        """Bytes that a server has sent, whatever of them goes on."""
        self.meter.moved(count)
        self.entry.down += count

    async def send(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Passes on what is counted."""
        writer.write(data)
        await writer.drain()
        self.lively()


async def tunnel(transfer: Transfer, ends: Ends) -> None:
    """Both directions until the server has ended; a client that ends first may still be answered."""

    async def upwards() -> None:
        reader, writer = ends.client[0], ends.server[1]
        while data := await reader.read(PIECE):
            await transfer.up(data, writer)
        if writer.can_write_eof():
            writer.write_eof()

    async def downwards() -> None:
        while data := await ends.server[0].read(PIECE):
            await transfer.down(data, ends.client[1])

    up = asyncio.create_task(upwards())
    down = asyncio.create_task(downwards())
    going = {up, down}
    try:
        while not down.done():
            done, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in (up, down):
            task.cancel()
        await asyncio.gather(up, down, return_exceptions=True)


async def exchange(transfer: Transfer, ends: Ends, *, length: int | None) -> None:
    """The body of one request up, the answer down. Whatever the client sends after its body ends both."""
    async for piece in pieces_of_body(ends.client[0], length, transfer.meter):
        await transfer.up(piece if length is not None else _chunk(piece), ends.server[1])
    if length is None:
        await transfer.up(_chunk(b""), ends.server[1])

    more = asyncio.create_task(ends.client[0].read(1))
    answering = asyncio.create_task(_answer(transfer, ends))
    try:
        await asyncio.wait({more, answering}, return_when=asyncio.FIRST_COMPLETED)
        if more.done() and more.result():
            raise CutError(EgressReason.PIPELINED)
        await answering
    finally:
        for task in (more, answering):
            task.cancel()
        await asyncio.gather(more, answering, return_exceptions=True)


async def answered(transfer: Transfer, ends: Ends) -> bytes | None:
    """The answer down; its first bytes, or None where its client has left before the end, and is not waited for."""
    more = asyncio.create_task(ends.client[0].read(1))
    answering = asyncio.create_task(_answer(transfer, ends))
    try:
        await asyncio.wait({more, answering}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            if more.result():
                raise CutError(EgressReason.PIPELINED)
            return None
        return answering.result()
    finally:
        for task in (more, answering):
            task.cancel()
        await asyncio.gather(more, answering, return_exceptions=True)


async def _answer(transfer: Transfer, ends: Ends) -> bytes:
    """The answer down, in which the client is told that its connection ends with it; its first bytes."""
    heads, began = AnswerHeads(), b""
    while data := await ends.server[0].read(PIECE):
        began = began or data
        transfer.count_down(len(data))
        await transfer.send(heads.take(data), ends.client[1])
    await transfer.send(heads.rest(), ends.client[1])
    return began


class _Chunks:
    """Takes a body in chunks apart as it is read; these have no extensions, and there are no trailers."""

    def __init__(self) -> None:
        self.ended = False
        self._held = b""
        self._at = 0
        self._left = 0
        self._is_last = self._ends = False

    def feed(self, data: bytes) -> None:
        self._held = self._held[self._at :] + data
        self._at = 0

    @property
    def rest(self) -> bytes:
        """What was read and is no part of the body, where that has ended."""
        return self._held[self._at :]

    def take(self, most: int) -> tuple[bytes, int]:
        """The data of up to so many chunks of what was read, and how many began there."""
        data, count = [], 0
        while count < most and not self.ended:
            if self._left:
                piece = self._held[self._at : self._at + self._left]
                self._at += len(piece)
                self._left -= len(piece)
                data.append(piece)
                if self._left:
                    break
            if self._ends and not self._has_end():
                break
            if self.ended or not self._begins():
                break
            count += 1
        return b"".join(data), count

    def _has_end(self) -> bool:
        """Whether the end of the last chunk was there, and has been read."""
        end = self._held[self._at : self._at + 2]
        if not b"\r\n".startswith(end):
            raise malformed("a chunk is longer than its size, or has a trailer")
        if len(end) < 2:  # noqa: PLR2004
            return False
        self._at += 2
        self._ends, self.ended = False, self._is_last
        return True

    def _begins(self) -> bool:
        """Whether the line of a further chunk was there, and has been read."""
        end = self._held.find(b"\r\n", self._at, self._at + _MAX_SIZE + 2)
        if end < 0:
            if len(self._held) - self._at >= _MAX_SIZE + 2:
                raise malformed("a chunk does not begin with its size alone")
            return False
        line = self._held[self._at : end]
        if not _SIZE.fullmatch(line):
            raise malformed("a chunk does not begin with its size alone")
        self._at, self._left, self._ends = end + 2, int(line, 16), True
        self._is_last = self._left == 0
        return True


async def pieces_of_body(reader: asyncio.StreamReader, length: int | None, meter: Meter) -> AsyncIterator[bytes]:
    """A body, of chunks where `length` is None: then a piece is of as many of them as are there.

    A chunk costs the job `CHUNK_BYTES`. Raises `CutError` where more follows what has come in chunks.
    """
    if length is not None:
        async for piece in _exactly(reader, length):
            yield piece
        return
    chunks = _Chunks()
    while not chunks.ended:
        data = await reader.read(PIECE)
        if not data:
            raise asyncio.IncompleteReadError(b"", None)
        chunks.feed(data)
        count = CHUNKS_A_TURN
        while count == CHUNKS_A_TURN:
            piece, count = chunks.take(CHUNKS_A_TURN)
            meter.moved(count * CHUNK_BYTES)
            if piece:
                yield piece
            if count > 1:
                await meter.turns.give_way()
    if chunks.rest:
        raise CutError(EgressReason.PIPELINED)


def _chunk(data: bytes) -> bytes:
    """As a chunk is sent on; one of nothing is the last."""
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length > 0:
        piece = await reader.read(min(length, PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(b"", length)
        length -= len(piece)
        yield piece
