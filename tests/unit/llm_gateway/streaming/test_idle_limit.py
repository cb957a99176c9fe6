"""A time-out that moves: what is quick enough passes, what is not ends, and a cancellation stays one."""

import asyncio
from collections.abc import Callable

import pytest

from llm_gateway.streaming.idle_limit import idle_limit

IDLE = 0.05


def now() -> float:
    return asyncio.get_running_loop().time()


async def waits(due: float, *, move: Callable[[], float] | None = None, after: float = 0) -> None:
    """For ever, under a limit that is moved once."""
    async with idle_limit(due, idle=IDLE) as until:
        if move is not None:
            await asyncio.sleep(after)
            until.due = move()
        await asyncio.Event().wait()


async def test_it_lasts_as_long_as_its_end_is_moved() -> None:
    began = now()
    async with idle_limit(began + IDLE, idle=IDLE) as until:
        while now() < began + 5 * IDLE:
            await asyncio.sleep(0)
            until.due = now() + IDLE


@pytest.mark.parametrize("moved", [0, 3])
async def test_it_ends_what_waits_longer(moved: int) -> None:
    end = now() + IDLE * (1 + moved)
    with pytest.raises(TimeoutError):
        await waits(now() + IDLE, move=lambda: end)
    assert now() >= end


async def test_an_end_that_is_moved_closer_is_noticed() -> None:
    with pytest.raises(TimeoutError):
        await waits(now() + 3600, move=now, after=IDLE / 2)


async def test_where_the_end_is_over_nothing_waits() -> None:
    with pytest.raises(TimeoutError):
        await waits(now() - 1)


async def test_a_cancellation_stays_one() -> None:
    waiting = asyncio.ensure_future(waits(now() + 3600))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize(("ahead", "looks_after"), [(10.0, 3.0), (2.0, 2.0)])
async def test_it_looks_again_at_its_end_or_after_the_idle_time(
    monkeypatch: pytest.MonkeyPatch, ahead: float, looks_after: float
) -> None:
    loop, began, moments = asyncio.get_running_loop(), now(), list[float]()
    call_at = loop.call_at

    def noted(when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        moments.append(when - began)
        return call_at(when, callback)

    monkeypatch.setattr(loop, "time", lambda: began)
    monkeypatch.setattr(loop, "call_at", noted)
    async with idle_limit(began + ahead, idle=3.0):
        pass
    assert moments == [pytest.approx(looks_after)]
