"""What a job leaves is waited for while something moves: not when all stands still, and not for ever."""

import asyncio
import itertools

import pytest

from tool_runtime.launcher.runners.leases import TRANSFER_SECONDS
from tool_runtime.sandbox.collecting import COLLECT_SECONDS, STILL_SECONDS, Collecting


def never() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


async def test_what_is_done_is_not_given_up() -> None:
    done = never()
    done.set_result(None)
    assert await Collecting(lambda: 0).given_up(done) is None


async def test_what_stands_still_is_given_up() -> None:
    collecting = Collecting(lambda: 0, still_seconds=0.02, most_seconds=60)
    assert await collecting.given_up(never()) == "its files were not collected: nothing moved for 0 s"


async def test_what_moves_is_given_up_at_the_end_alone() -> None:
    count = itertools.count()
    collecting = Collecting(lambda: next(count), still_seconds=0.02, most_seconds=0.3)
    assert await collecting.given_up(never()) == "its files were not collected within 0 s"
    assert next(count) > 2, "it was waited for longer than something may stand still"


async def test_what_moves_for_a_while_is_given_up_once_it_stands_still() -> None:
    looks = 0

    def a_while() -> int:
        nonlocal looks
        looks += 1
        return min(looks, 6)

    given_up = await Collecting(a_while, still_seconds=0.02, most_seconds=60).given_up(never())
    assert given_up == "its files were not collected: nothing moved for 0 s"
    assert looks > 6


@pytest.mark.parametrize("shorter", [STILL_SECONDS, COLLECT_SECONDS])
def test_a_runner_may_take_as_long(shorter: float) -> None:
    assert shorter < TRANSFER_SECONDS
