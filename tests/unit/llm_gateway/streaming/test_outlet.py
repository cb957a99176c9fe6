"""The bounded way from a provider's reader to a client that is slow, or leaves."""

import asyncio

import pytest

from llm_gateway.streaming.heartbeat import Heartbeat
from llm_gateway.streaming.outlet import KEEP_ALIVE, Outlet


async def _taken(outlet: Outlet) -> list[bytes]:
    return [chunk async for chunk in outlet.chunks()]


async def test_chunks_come_in_their_order_and_then_an_end() -> None:
    outlet = Outlet()
    for chunk in (b"1", b"2"):
        await outlet.put(chunk)
    await outlet.end()
    assert await _taken(outlet) == [b"1", b"2"]


async def test_a_full_outlet_makes_its_writer_wait_until_something_is_taken() -> None:
    outlet = Outlet(chunks=1)
    await outlet.put(b"1")
    writing = asyncio.ensure_future(outlet.put(b"2"))
    await asyncio.sleep(0)
    assert not writing.done()
    chunks = outlet.chunks()
    assert await anext(chunks) == b"1"
    await writing
    assert await anext(chunks) == b"2"


async def test_a_client_that_takes_nothing_for_too_long_counts_as_gone() -> None:
    outlet = Outlet(chunks=1, stall_seconds=0)
    left: list[bool] = []
    outlet.on_leave = lambda: left.append(True)
    await outlet.put(b"1")
    await outlet.put(b"2")
    assert (outlet.gone, left) == (True, [True])


async def test_who_still_reads_after_the_client_left_finds_the_end() -> None:
    outlet = Outlet()
    await outlet.put(b"1")
    outlet.leave()
    await outlet.put(b"2")
    assert await _taken(outlet) == []


async def test_leaving_twice_is_noticed_once() -> None:
    outlet = Outlet()
    left: list[bool] = []
    outlet.on_leave = lambda: left.append(True)
    outlet.leave()
    outlet.leave()
    assert left == [True]


async def test_a_comment_is_sent_only_where_nothing_waits() -> None:
    outlet = Outlet()
    outlet.keep_alive()
    outlet.keep_alive()
    await outlet.end()
    assert await _taken(outlet) == [KEEP_ALIVE]


async def test_a_client_that_left_gets_no_comments() -> None:
    outlet = Outlet()
    outlet.leave()
    outlet.keep_alive()
    assert await _taken(outlet) == []


@pytest.mark.parametrize("is_watched", [True, False])
async def test_only_silent_streams_that_are_open_are_kept_alive(*, is_watched: bool) -> None:
    heartbeat, outlet = Heartbeat(seconds=0.003), Outlet()
    beating = asyncio.ensure_future(heartbeat.run())
    if is_watched:
        with heartbeat.over(outlet):
            assert await anext(outlet.chunks()) == KEEP_ALIVE
    else:
        with heartbeat.over(outlet):
            pass
        await asyncio.sleep(0.02)
        await outlet.end()
        assert await _taken(outlet) == []
    beating.cancel()
