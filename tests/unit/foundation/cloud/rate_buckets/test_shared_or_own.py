"""When buckets are shared, and when a process counts alone."""

import asyncio
from collections.abc import Sequence

from foundation.cloud.rate_buckets.base import Draw
from foundation.cloud.rate_buckets.in_process import InProcessBuckets
from foundation.cloud.rate_buckets.shared_or_own import AWAY_SECONDS, SharedOrOwn
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.policy.token_buckets import BucketPolicy, TokenGrant

POLICY = BucketPolicy("any", rate=0.001, burst=2)
ONE = [Draw("b", POLICY, 1)]


class Breakable:
    """Buckets that are away when a test says so, and may be slow to say it."""

    def __init__(self) -> None:
        self._buckets = InProcessBuckets()
        self.away = False
        self.asked = 0
        self.answering = asyncio.Event()
        self.answering.set()

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        self.asked += 1
        await self.answering.wait()
        if self.away:
            raise DependencyUnavailable("away")
        return await self._buckets.draw(draws)


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.shared = Breakable()
        self.told: list[str] = []
        self.buckets = SharedOrOwn(self.shared, InProcessBuckets(), tell=self.told.append, clock=lambda: self.now)

    async def taken(self) -> int:
        return (await self.buckets.draw(ONE))[0].taken


async def test_without_the_shared_buckets_a_process_counts_alone_and_asks_for_them_seldom() -> None:
    world = World()
    assert [await world.taken() for _ in range(3)] == [1, 1, 0]
    world.shared.away = True
    assert [await world.taken() for _ in range(4)] == [1, 1, 0, 0]
    assert (world.shared.asked, world.told) == (4, ["shared"] * 3 + ["own"] * 4)
    world.now += AWAY_SECONDS
    assert await world.taken() == 0
    assert world.shared.asked == 5
    world.shared.away = False
    world.now += AWAY_SECONDS
    assert [await world.taken() for _ in range(2)] == [0, 0]
    assert (world.shared.asked, world.told[-2:]) == (7, ["shared", "shared"])


async def test_one_request_finds_out_whether_they_are_back_and_no_other_waits_for_it() -> None:
    world = World()
    world.shared.away = True
    assert await world.taken() == 1
    world.now += AWAY_SECONDS
    world.shared.answering.clear()
    asking = asyncio.ensure_future(world.taken())
    await asyncio.sleep(0)
    assert await world.taken() == 1
    world.shared.answering.set()
    assert await asking == 0
    assert world.shared.asked == 2
