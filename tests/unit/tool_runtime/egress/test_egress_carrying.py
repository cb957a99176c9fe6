"""A connection that is carried ends as one that is not: each half by itself, and both when it breaks."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

import pytest

from foundation.telemetry.background import TaskSet
from tool_runtime.egress.limits import Turns
from tool_runtime.egress_link.carrying import Stream, carry_to_proxy, carry_to_service
from tool_runtime.egress_link.greeting import MAX_GREETING, Greeting, GreetingError, Welcome, hear, say


async def a_pair() -> tuple[Stream, Stream]:
    """The two ends of one connection."""
    one, other = socket.socketpair()
    return await asyncio.open_connection(sock=one), await asyncio.open_connection(sock=other)


@dataclass
class Carried:
    """What the client has, what the proxy has, and the link between, whose ends a test may break."""

    client: Stream
    proxy: Stream
    link: Stream
    work: TaskSet


@asynccontextmanager
async def carried() -> AsyncIterator[Carried]:
    (client, job), (near, far), (ours, proxy) = await a_pair(), await a_pair(), await a_pair()
    work = TaskSet()
    work.start(carry_to_service(job, near, Turns()))
    work.start(carry_to_proxy(far, ours, Turns()))
    try:
        yield Carried(client, proxy, near, work)
    finally:
        await work.cancel()
        for _, writer in (client, job, near, far, ours, proxy):
            writer.close()


async def test_what_is_said_and_answered_arrives_whole() -> None:
    said = bytes(range(256)) * 1000
    async with carried() as made, asyncio.timeout(60):
        made.client[1].write(said)
        assert await made.proxy[0].readexactly(len(said)) == said
        made.proxy[1].write(said)
        assert await made.client[0].readexactly(len(said)) == said


async def test_a_client_that_has_said_all_is_still_answered() -> None:
    async with carried() as made, asyncio.timeout(60):
        made.client[1].write(b"said")
        made.client[1].write_eof()
        assert await made.proxy[0].read() == b"said"
        made.proxy[1].write(b"answer")
        made.proxy[1].close()
        assert await made.client[0].read() == b"answer"
        await made.work.wait()


async def test_an_answer_that_has_ended_ends_a_client_that_stays() -> None:
    async with carried() as made, asyncio.timeout(60):
        made.proxy[1].write(b"refused")
        made.proxy[1].write_eof()
        assert await made.client[0].read() == b"refused"
        await made.work.wait()


@pytest.mark.parametrize(("cut_short", "arrived"), [(b"", b""), (b"\x00", b""), (b"\x00\x05ab", b"ab")])
async def test_a_link_that_breaks_has_ended_both_ways(cut_short: bytes, arrived: bytes) -> None:
    async with carried() as made, asyncio.timeout(60):
        made.client[1].write(b"said")
        await made.proxy[0].readexactly(4)
        made.link[1].write(cut_short)
        made.link[1].close()
        assert await made.proxy[0].read() == arrived
        assert await made.client[0].read() == b""
        await made.work.wait()


async def test_a_client_that_is_gone_ends_what_it_asked_for() -> None:
    async with carried() as made, asyncio.timeout(60):
        made.client[1].transport.abort()
        assert await made.proxy[0].read() == b""


async def test_a_greeting_is_one_line_of_its_kind() -> None:
    (near, near_writer), (far, far_writer) = await a_pair()
    greeting = Greeting(token="of-a-job", wants="connection")
    await say(near_writer, greeting)
    near_writer.write(b"what the job says")
    assert await hear(far, Greeting) == greeting
    assert await far.readexactly(17) == b"what the job says"
    await say(far_writer, Welcome(refused="no"))
    assert (await hear(near, Welcome)).refused == "no"
    assert "of-a-job" not in repr(greeting)
    near_writer.close()
    far_writer.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"{}\n",
        b'{"token": "x", "wants": "everything"}\n',
        b'{"token": "x", "wants": "connection", "host": "evil.example"}\n',
        b'{"v": 2, "token": "x", "wants": "connection"}\n',
        b'{"token": "' + b"x" * 201 + b'", "wants": "connection"}\n',
        b'{"token": "' + b" " * MAX_GREETING + b'"}\n',
        b"x" * (1 << 17),
    ],
)
async def test_whatever_else_is_said_is_no_greeting(said: bytes) -> None:
    (_, near_writer), (far, far_writer) = await a_pair()
    near_writer.write(said)
    near_writer.write_eof()
    with pytest.raises(GreetingError):
        await hear(far, Greeting)
    near_writer.close()
    far_writer.close()


async def test_between_two_turns_of_others_a_job_carries_a_bit_of_its_small_pieces() -> None:
    """A client that writes single bytes can have its runner send a piece for each."""
    ours, proxy = await a_pair()
    link, turns, seen = asyncio.StreamReader(), Turns(), Seen()
    link.feed_data(b"\x00\x01x" * 20_000 + b"\x00\x00")
    work = TaskSet()
    work.start(carry_to_proxy((link, Unheard()), (ours[0], seen), turns))  # type: ignore[arg-type]
    others = []
    async with asyncio.timeout(60):
        while not seen.ended.is_set():
            others.append(seen.count)
            await asyncio.sleep(0)
    await work.cancel()
    assert seen.count == 20_000
    assert max(after - before for before, after in pairwise(others)) <= 256
    for _, writer in (ours, proxy):
        writer.close()


class Unheard:
    """A writer of which nothing is asked."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None: ...

    def close(self) -> None: ...


class Seen(Unheard):
    """A writer that counts what it is given."""

    def __init__(self) -> None:
        self.count = 0
        self.ended = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.count += len(data)

    def write_eof(self) -> None:
        self.ended.set()
