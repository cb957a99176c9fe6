"""Waiting for held room is fair, bounded, and ends."""

import asyncio

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from llm_gateway.budget.refusals import BlockingLimit, RoomHeldByOthers
from llm_gateway.budget.waiting import FairWait, QueueFull, WaitedTooLong

BLOCKED = RoomHeldByOthers(BlockingLimit(0, ScopeKind.RUN, BudgetPeriod.TOTAL, "tokens", 0))


class Room:
    """So many places; an attempt takes one or is refused."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.served: list[int] = []

    async def take(self, who: int) -> int:
        await asyncio.sleep(0)
        if not self.places:
            raise BLOCKED
        self.places -= 1
        self.served.append(who)
        return who


async def test_those_who_wait_are_served_in_the_order_in_which_they_came() -> None:
    room, waiting = Room(0), FairWait(seconds=10, most=100)
    calls = []
    for who in range(20):
        calls.append(asyncio.create_task(waiting.wait_for_room(["run"], lambda who=who: room.take(who))))  # type: ignore[misc]
        await asyncio.sleep(0)
    for _ in range(20):
        room.places += 1
        waiting.freed(["run"])
        await asyncio.sleep(0.005)
    await asyncio.gather(*calls)
    assert room.served == list(range(20))


async def test_a_newcomer_does_not_pass_those_who_wait() -> None:
    room, waiting = Room(0), FairWait(seconds=10, most=100)
    first = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(1)))
    await asyncio.sleep(0.01)
    room.places = 1
    second = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(2)))
    await first
    assert room.served == [1]
    room.places = 1
    waiting.freed(["run"])
    assert await second == 2


async def test_other_scopes_are_not_held_up() -> None:
    room, free, waiting = Room(0), Room(1), FairWait(seconds=10, most=100)
    held = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(1)))
    await asyncio.sleep(0.01)
    assert await waiting.wait_for_room(["another"], lambda: free.take(2)) == 2
    held.cancel()
    await asyncio.wait({held})


async def test_the_wait_is_bounded_in_time_and_in_number() -> None:
    room, waiting = Room(0), FairWait(seconds=0.05, most=1)
    first = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(1)))
    await asyncio.sleep(0.01)
    with pytest.raises(QueueFull):
        await waiting.wait_for_room(["run"], lambda: room.take(2))
    with pytest.raises(WaitedTooLong):
        await first


async def test_one_who_gives_up_leaves_no_place_behind() -> None:
    room, waiting = Room(0), FairWait(seconds=10, most=2)
    gone = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(1)))
    stays = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(2)))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.wait({gone})
    room.places = 1
    waiting.freed(["run"])
    assert await stays == 2


async def test_who_would_rather_ask_for_less_waits_for_its_turn_only() -> None:
    room, waiting = Room(0), FairWait(seconds=10, most=100)
    with pytest.raises(RoomHeldByOthers):
        await waiting.wait_for_room(["run"], lambda: room.take(1), once=True)
    first = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(1)))
    await asyncio.sleep(0)
    second = asyncio.create_task(waiting.wait_for_room(["run"], lambda: room.take(2), once=True))
    await asyncio.sleep(0)
    room.places = 1
    waiting.freed(["run"])
    assert await first == 1
    with pytest.raises(RoomHeldByOthers):
        await second
    assert room.served == [1]
