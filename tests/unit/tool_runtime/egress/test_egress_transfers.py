"""Bytes between a job and a server: all of them in order, counted, and nothing that was not asked for."""

import asyncio
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.egress.records import EgressReason
from tool_runtime.egress.journal import Entry
from tool_runtime.egress.limits import EgressLimits, Meter
from tool_runtime.egress.refusals import CutError, RefusedError
from tool_runtime.egress.transfers import (
    CHUNK_BYTES,
    CHUNKS_A_TURN,
    PIECE,
    Ends,
    Stream,
    Transfer,
    exchange,
    pieces_of_body,
    tunnel,
)


class Written:
    """A writer that keeps what it was given; `told` is set when it was told of the end."""

    def __init__(self, *, half_closes: bool = True) -> None:
        self.data = b""
        self.pieces: list[int] = []
        self.told = asyncio.Event()
        self._half_closes = half_closes

    def write(self, data: bytes) -> None:
        assert not self.told.is_set()
        self.data += data
        self.pieces.append(len(data))

    async def drain(self) -> None:
        await asyncio.sleep(0)

    def can_write_eof(self) -> bool:
        return self._half_closes

    def write_eof(self) -> None:
        self.told.set()


class Side:
    """One connection as the proxy holds it: what comes in is fed, what goes out is kept."""

    def __init__(self, *sent: bytes, ends: bool = True, half_closes: bool = True) -> None:
        self.reader = asyncio.StreamReader()
        self.writer = Written(half_closes=half_closes)
        for data in sent:
            self.reader.feed_data(data)
        if ends:
            self.reader.feed_eof()

    def stream(self) -> Stream:
        return self.reader, cast("asyncio.StreamWriter", self.writer)


class Moved:
    """A transfer whose signs of life are counted."""

    def __init__(self, client: Side, server: Side, *, most: int = 10 * PIECE) -> None:
        self.signs = 0
        self.entry = Entry()
        self.meter = Meter(EgressLimits(bytes=most))
        self.ends = Ends(client.stream(), server.stream())
        self.transfer = Transfer(self.entry, self.meter, self._sign)

    def _sign(self) -> None:
        self.signs += 1


async def test_a_tunnel_carries_both_directions_and_counts_each() -> None:
    client, server = Side(b"up" * 5), Side(b"down" * 3)
    moved = Moved(client, server)
    await tunnel(moved.transfer, moved.ends)
    assert (server.writer.data, client.writer.data) == (b"up" * 5, b"down" * 3)
    assert (moved.entry.up, moved.entry.down, moved.meter.bytes) == (10, 12, 22)
    assert moved.signs == 2


async def test_what_is_long_goes_in_pieces() -> None:
    client, server = Side(), Side(b"x" * (2 * PIECE + 1))
    moved = Moved(client, server)
    await tunnel(moved.transfer, moved.ends)
    assert client.writer.pieces == [PIECE, PIECE, 1]


async def test_a_client_that_ends_first_is_still_answered() -> None:
    client, server = Side(b"question"), Side(ends=False)
    moved = Moved(client, server)
    going = asyncio.create_task(tunnel(moved.transfer, moved.ends))
    await server.writer.told.wait()
    assert server.writer.data == b"question"
    assert not going.done()
    server.reader.feed_data(b"answer")
    server.reader.feed_eof()
    await going
    assert client.writer.data == b"answer"


async def test_a_server_that_cannot_be_told_of_the_end_is_told_of_none() -> None:
    client, server = Side(b"question"), Side(b"answer", half_closes=False)
    moved = Moved(client, server)
    await tunnel(moved.transfer, moved.ends)
    assert not server.writer.told.is_set()


async def test_a_tunnel_ends_with_its_server_although_the_client_goes_on() -> None:
    client, server = Side(b"more to come", ends=False), Side(b"enough")
    moved = Moved(client, server)
    await tunnel(moved.transfer, moved.ends)
    assert client.writer.data == b"enough"


@pytest.mark.parametrize("upwards", [True, False])
async def test_bytes_beyond_the_job_s_are_not_passed_on(upwards: bool) -> None:
    many, none = b"x" * 11, Side(ends=not upwards)
    client, server = (Side(many), none) if upwards else (none, Side(many))
    moved = Moved(client, server, most=10)
    with pytest.raises(CutError) as cut:
        await tunnel(moved.transfer, moved.ends)
    assert cut.value.reason is EgressReason.TOO_MANY_BYTES
    assert (server if upwards else client).writer.data == b""


async def test_a_body_with_a_length_goes_up_and_the_answer_comes_down() -> None:
    client, server = Side(b"0123456789"), Side(b"HTTP/1.1 200 OK\r\n\r\n")
    moved = Moved(client, server)
    await exchange(moved.transfer, moved.ends, length=10)
    assert (server.writer.data, client.writer.data) == (b"0123456789", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    assert (moved.entry.up, moved.entry.down) == (10, 19)


async def test_a_request_without_a_body_is_answered_while_its_client_waits() -> None:
    client, server = Side(ends=False), Side(b"answer")
    moved = Moved(client, server)
    await exchange(moved.transfer, moved.ends, length=0)
    assert client.writer.data == b"answer"
    assert server.writer.data == b""


async def test_what_follows_a_body_cuts_the_connection() -> None:
    client, server = Side(b"0123456789GET http://elsewhere/", ends=False), Side(ends=False)
    moved = Moved(client, server)
    with pytest.raises(CutError) as cut:
        await exchange(moved.transfer, moved.ends, length=10)
    assert cut.value.reason is EgressReason.PIPELINED
    assert server.writer.data == b"0123456789"


async def test_a_body_that_breaks_off_is_told_as_such() -> None:
    client, server = Side(b"0123"), Side(ends=False)
    moved = Moved(client, server)
    with pytest.raises(asyncio.IncompleteReadError) as broken:
        await exchange(moved.transfer, moved.ends, length=10)
    assert broken.value.expected == 6


async def test_chunks_are_written_anew() -> None:
    client, server = Side(b"A\r\n0123456789\r\n00003\r\nabc\r\n0\r\n\r\n"), Side(b"answer")
    moved = Moved(client, server)
    await exchange(moved.transfer, moved.ends, length=None)
    assert server.writer.data == b"d\r\n0123456789abc\r\n0\r\n\r\n"
    assert client.writer.data == b"answer"
    assert moved.meter.bytes == 3 * CHUNK_BYTES + len(server.writer.data) + len(b"answer")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.integers(1, 50))
def test_however_chunks_arrive_their_data_is_whole(chunks: list[bytes], step: int) -> None:
    sent = b"".join(b"%X\r\n%b\r\n" % (len(data), data) for data in chunks) + b"0\r\n\r\n"

    async def read() -> bytes:
        reader = asyncio.StreamReader()
        body = asyncio.create_task(whole(reader))
        for at in range(0, len(sent), step):
            reader.feed_data(sent[at : at + step])
            await asyncio.sleep(0)
        return await body

    async def whole(reader: asyncio.StreamReader) -> bytes:
        return b"".join([piece async for piece in pieces_of_body(reader, None, Meter(EgressLimits()))])

    assert asyncio.run(read()) == b"".join(chunks)


async def test_what_follows_chunks_cuts_the_connection_before_their_server_has_their_end() -> None:
    client, server = Side(b"3\r\nabc\r\n0\r\n\r\nGET http://elsewhere/", ends=False), Side(ends=False)
    moved = Moved(client, server)
    with pytest.raises(CutError) as cut:
        await exchange(moved.transfer, moved.ends, length=None)
    assert cut.value.reason is EgressReason.PIPELINED
    assert not server.writer.data.endswith(b"0\r\n\r\n")


async def test_chunks_of_one_byte_are_dear() -> None:
    """So that a job's bytes bound the work that it can make, and not only what is moved."""
    client, server = Side(b"1\r\na\r\n" * 100), Side(ends=False)
    moved = Moved(client, server, most=50 * CHUNK_BYTES)
    with pytest.raises(CutError) as cut:
        await exchange(moved.transfer, moved.ends, length=None)
    assert cut.value.reason is EgressReason.TOO_MANY_BYTES


async def test_a_job_takes_a_bit_of_its_chunks_between_two_turns_of_others_however_many_connections_it_has() -> None:
    meter, chunks, connections = Meter(EgressLimits()), 8 * CHUNKS_A_TURN, 30
    readers = [Side(b"1\r\na\r\n" * chunks + b"0\r\n\r\n").reader for _ in range(connections)]

    async def read(reader: asyncio.StreamReader) -> int:
        return len(b"".join([piece async for piece in pieces_of_body(reader, None, meter)]))

    going = asyncio.gather(*map(read, readers))
    seen = []
    while not going.done():
        seen.append(meter.bytes // CHUNK_BYTES)
        await asyncio.sleep(0)
    assert await going == [chunks] * connections
    taken = [after - before for before, after in pairwise(seen)]
    first = next(at for at, count in enumerate(taken) if count)
    assert taken[first] <= connections * CHUNKS_A_TURN, "each connection has its first bit at once"
    assert max(taken[first + 1 :]) <= CHUNKS_A_TURN


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"3;name=value\r\nabc\r\n0\r\n\r\n", "its size alone"),
        (b"\r\nabc\r\n", "its size alone"),
        (b"-1\r\nabc\r\n", "its size alone"),
        (b"0x3\r\nabc\r\n", "its size alone"),
        (b" 3\r\nabc\r\n", "its size alone"),
        (b"0" * 17 + b"3\r\nabc\r\n", "its size alone"),
        (b"3\r\nabcd\r\n0\r\n\r\n", "longer than its size, or has a trailer"),
        (b"3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n", "longer than its size, or has a trailer"),
    ],
)
async def test_chunks_that_two_readers_could_read_in_two_ways_are_refused(body: bytes, said: str) -> None:
    moved = Moved(Side(body), Side(ends=False))
    with pytest.raises(RefusedError, match=said) as refused:
        await exchange(moved.transfer, moved.ends, length=None)
    assert refused.value.reason is EgressReason.MALFORMED


async def test_a_size_may_have_as_many_digits_as_a_line_has_room_for() -> None:
    client, server = Side(b"0" * 14 + b"3\r\nabc\r\n0\r\n\r\n"), Side(b"answer")
    moved = Moved(client, server)
    await exchange(moved.transfer, moved.ends, length=None)
    assert server.writer.data == b"3\r\nabc\r\n0\r\n\r\n"
