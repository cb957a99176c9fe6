"""A call goes on for as long as its service answers anything, and is given up soon after it has stopped."""

import asyncio

import pytest

from orchestrator.clients.liveness import Liveness
from orchestrator.clients.not_reached import NotReached

SOON = Liveness(every_seconds=0.001, answer_seconds=0.02, missed=2)


async def test_a_call_whose_service_answers_lasts_as_long_as_it_takes() -> None:
    asked = asyncio.Event()
    count = 0

    async def ask() -> None:
        nonlocal count
        count += 1
        if count > 5:
            asked.set()

    async with SOON.watched(ask, name="it"):
        await asyncio.wait_for(asked.wait(), 10)
    assert count > 5


async def test_one_answer_that_fails_is_none_in_a_row() -> None:
    asked = asyncio.Event()
    count = 0

    async def ask() -> None:
        nonlocal count
        count += 1
        if count > 8:
            asked.set()
        if count % 2:
            raise ConnectionRefusedError

    async with SOON.watched(ask, name="it"):
        await asyncio.wait_for(asked.wait(), 10)


@pytest.mark.parametrize("error", [None, ConnectionRefusedError, ValueError])
async def test_a_call_whose_service_has_stopped_is_given_up(error: type[Exception] | None) -> None:
    async def ask() -> None:
        if error is not None:
            raise error
        await asyncio.Event().wait()

    with pytest.raises(NotReached, match="it has stopped answering"):
        async with SOON.watched(ask, name="it"):
            await asyncio.wait_for(asyncio.Event().wait(), 10)


async def test_a_time_out_of_the_call_itself_stays_one() -> None:
    async def ask() -> None:
        """It answers."""

    with pytest.raises(TimeoutError):
        async with SOON.watched(ask, name="it"), asyncio.timeout(0.01):
            await asyncio.Event().wait()


async def test_what_a_call_raises_is_passed_on() -> None:
    async def ask() -> None:
        """It answers."""

    with pytest.raises(LookupError):
        async with SOON.watched(ask, name="it"):
            raise LookupError
