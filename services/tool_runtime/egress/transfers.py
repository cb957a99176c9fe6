"""Moves bytes between a job and the server that it reached, counted, and with an end to every pause."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from foundation.contracts.egress.records import EgressReason
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
_MAX_CHUNK_LINE = 16  # digits of a size, which may not have extensions


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
        await self._send(data, writer)

    async def down(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        self.meter.moved(len(data))
        self.entry.down += len(data)
        await self._send(data, writer)

    async def _send(self, data: bytes, writer: asyncio.StreamWriter) -> None:
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
    async for piece in pieces_of_body(ends.client[0], length):
        await transfer.up(piece if length is not None else _chunk(piece), ends.server[1])
    if length is None:
        await transfer.up(_chunk(b""), ends.server[1])

    async def answer() -> None:
        while data := await ends.server[0].read(PIECE):
            await transfer.down(data, ends.client[1])

    more = asyncio.create_task(ends.client[0].read(1))
    answering = asyncio.create_task(answer())
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
    began = b""

    async def answer() -> None:
        nonlocal began
        while data := await ends.server[0].read(PIECE):
            began = began or data
            await transfer.down(data, ends.client[1])

    more = asyncio.create_task(ends.client[0].read(1))
    answering = asyncio.create_task(answer())
    try:
        await asyncio.wait({more, answering}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            if more.result():
                raise CutError(EgressReason.PIPELINED)
            return None
        answering.result()
        return began
    finally:
        for task in (more, answering):
            task.cancel()
        await asyncio.gather(more, answering, return_exceptions=True)


async def pieces_of_body(reader: asyncio.StreamReader, length: int | None) -> AsyncIterator[bytes]:
    """A body, of chunks where `length` is None; these are read without extensions and without trailers."""
    if length is not None:
        async for piece in _exactly(reader, length):
            yield piece
        return
    while True:
        line = await _chunk_line(reader)
        size = int(line, 16) if line and all(byte in b"0123456789abcdefABCDEF" for byte in line) else -1
        if size < 0:
            raise malformed("a chunk does not begin with its size alone")
        async for piece in _exactly(reader, size):
            yield piece
        if await reader.readexactly(2) != b"\r\n":
            raise malformed("a chunk is longer than its size, or has a trailer")
        if size == 0:
            return


def _chunk(data: bytes) -> bytes:
    """As a chunk is sent on; one of nothing is the last."""
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _chunk_line(reader: asyncio.StreamReader) -> bytes:
    line = b""
    while not line.endswith(b"\r\n"):
        if len(line) > _MAX_CHUNK_LINE:
            raise malformed("a chunk does not begin with its size alone")
        line += await reader.readexactly(1)
    return line[:-2]


async def _exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length > 0:
        piece = await reader.read(min(length, PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(b"", length)
        length -= len(piece)
        yield piece
