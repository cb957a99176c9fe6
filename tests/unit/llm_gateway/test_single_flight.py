"""What many want at once is done once; a failure reaches all who waited, and the next one begins anew."""

import asyncio
from functools import partial

import pytest

from llm_gateway.single_flight import SingleFlight


async def test_many_callers_at_once_share_one_piece_of_work_a_key() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    started: list[str] = []
    go_on = asyncio.Event()

    async def work(key: str) -> str:
        started.append(key)
        await go_on.wait()
        return key.upper()

    callers = [asyncio.create_task(flights.join(key, partial(work, key))) for key in ("a", "a", "b")]
    await asyncio.sleep(0)
    go_on.set()
    assert await asyncio.gather(*callers) == ["A", "A", "B"]
    assert started == ["a", "b"]


async def test_a_failure_reaches_all_who_waited_and_is_forgotten() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    tries = 0

    async def work() -> str:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 1:
            raise ValueError("no")
        return "yes"

    first = await asyncio.gather(flights.join("a", work), flights.join("a", work), return_exceptions=True)
    assert [type(one) for one in first] == [ValueError, ValueError]
    assert await flights.join("a", work) == "yes"


async def test_a_caller_that_leaves_does_not_end_the_work_of_the_others() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    go_on = asyncio.Event()

    async def work() -> str:
        await go_on.wait()
        return "yes"

    leaving = asyncio.create_task(flights.join("a", work))
    staying = asyncio.create_task(flights.join("a", work))
    await asyncio.sleep(0)
    leaving.cancel()
    go_on.set()
    assert await staying == "yes"
    with pytest.raises(asyncio.CancelledError):
        await leaving
