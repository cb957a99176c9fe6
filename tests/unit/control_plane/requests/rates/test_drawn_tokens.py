"""How a process draws tokens ahead, and how much more than the policy all of them let through for it."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.requests.rates.drawn_tokens import Bucket, DrawnTokens, lease_of
from foundation.cloud.rate_buckets.base import Draw
from foundation.cloud.rate_buckets.in_process import InProcessBuckets
from foundation.domain.policy.token_buckets import BucketPolicy, RateLimited, TokenGrant

TENANT = Bucket("{t}", BucketPolicy("tenant", rate=100, burst=1000))
KEY = Bucket("{t}:k", BucketPolicy("credential", rate=50, burst=100))
SLOW = Bucket("s", BucketPolicy("slow", rate=0.5, burst=3))


class Shared:
    """Buckets by a clock that tests set, which count how often they are asked."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.asked = 0
        self._buckets = InProcessBuckets(self.clock)

    def clock(self) -> float:
        return self.now

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        self.asked += 1
        await asyncio.sleep(0)
        return await self._buckets.draw(draws)

    def process(self) -> DrawnTokens:
        return DrawnTokens(self, clock=self.clock)


async def passes(leases: DrawnTokens, *buckets: Bucket) -> bool:
    try:
        await leases.take(buckets)
    except RateLimited:
        return False
    return True


async def test_most_requests_ask_nobody() -> None:
    shared = Shared()
    leases = shared.process()
    assert all([await passes(leases, TENANT, KEY) for _ in range(100)])
    assert (lease_of(TENANT.policy), lease_of(KEY.policy)) == (10, 5)
    assert shared.asked == 20


async def test_requests_at_once_draw_together() -> None:
    shared = Shared()
    leases = shared.process()
    assert all(await asyncio.gather(*(passes(leases, TENANT) for _ in range(30))))
    assert shared.asked == 3


async def test_a_refusal_names_what_is_used_up_takes_nothing_and_is_repeated_without_asking() -> None:
    shared = Shared()
    leases = shared.process()
    for _ in range(3):
        await leases.take([TENANT, SLOW])
    asked = shared.asked
    for _ in range(5):
        with pytest.raises(RateLimited) as refused:
            await leases.take([TENANT, SLOW])
    assert (refused.value.policies, refused.value.retry_after) == (("slow",), 2)
    assert refused.value.data() == {"violated-policies": ["slow"]}
    assert shared.asked == asked + 1
    assert [one.left for one in leases.standings([TENANT, SLOW])] == [997, 0]
    shared.now += 2
    assert await passes(leases, TENANT, SLOW)


async def test_what_is_given_back_can_be_taken_again() -> None:
    shared = Shared()
    leases = shared.process()
    for _ in range(3):
        await leases.take([SLOW])
    leases.give_back([SLOW])
    assert [await passes(leases, SLOW) for _ in range(2)] == [True, False]


async def test_a_standing_tells_what_is_left_and_until_when_it_is_whole_again() -> None:
    shared = Shared()
    leases = shared.process()
    [fresh] = leases.standings([TENANT])
    assert (fresh.left, fresh.seconds) == (1000, 0)
    for _ in range(40):
        await leases.take([TENANT])
    [used] = leases.standings([TENANT])
    assert (used.left, round(used.seconds, 3)) == (960, 0.4)
    shared.now += 60
    assert leases.standings([TENANT])[0].left == 1000


async def test_where_nothing_is_left_the_standing_tells_when_the_next_comes() -> None:
    shared = Shared()
    leases = shared.process()
    for _ in range(3):
        await leases.take([SLOW])
    [last_taken] = leases.standings([SLOW])
    assert last_taken.left == 0
    assert last_taken.seconds <= 1 / SLOW.policy.rate, "the next one, as after the refusal that follows"
    assert not await passes(leases, SLOW)
    [refused] = leases.standings([SLOW])
    assert (refused.left, round(refused.seconds, 3)) == (0, round(last_taken.seconds, 3))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 120), st.floats(0, 2)), min_size=1, max_size=25))
def test_processes_together_pass_the_policy_by_a_lease_of_each_at_most(asked: list[tuple[int, int, float]]) -> None:
    """Of three processes: which is asked, how often, and how long after the one before."""

    async def run() -> None:
        shared = Shared()
        processes = [shared.process() for _ in range(3)]
        passed: list[float] = []
        for which, times, pause in asked:
            shared.now += pause
            found = await asyncio.gather(*(passes(processes[which], KEY) for _ in range(times)))
            passed += [shared.now] * sum(found)
        bound = KEY.policy.burst + len(processes) * lease_of(KEY.policy)
        for first, begins in enumerate(passed):
            assert len(passed) - first <= bound + (passed[-1] - begins) * KEY.policy.rate + 1

    asyncio.run(run())
