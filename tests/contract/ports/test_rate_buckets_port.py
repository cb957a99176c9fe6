"""What all buckets of tokens must do: those in Redis, and those of one process."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from fixtures.eventually import eventually
from fixtures.machine.free_port import free_port
from fixtures.machine.redis_server import RedisServer, running_redis
from foundation.cloud.presence.redis import connect
from foundation.cloud.rate_buckets.base import Draw, RateBuckets
from foundation.cloud.rate_buckets.in_process import InProcessBuckets
from foundation.cloud.rate_buckets.redis import RedisBuckets
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.policy.token_buckets import BucketPolicy

SLOW = BucketPolicy("slow", rate=0.001, burst=5)
"""No token comes while a test runs."""
QUICK = BucketPolicy("quick", rate=50, burst=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(Path(tmp_path_factory.mktemp("buckets")))


@pytest.fixture(params=["in_process", pytest.param("redis", marks=pytest.mark.stack)])
async def buckets(request: pytest.FixtureRequest) -> AsyncIterator[RateBuckets]:
    if request.param == "in_process":
        yield InProcessBuckets()
        return
    redis = connect(request.getfixturevalue("server").url)
    await redis.flushdb()
    yield RedisBuckets(redis)
    await redis.aclose()


async def test_a_bucket_is_full_at_first_and_gives_what_it_has(buckets: RateBuckets) -> None:
    taken = [(await buckets.draw([Draw("b", SLOW, wanted)]))[0] for wanted in (3, 4, 1)]
    assert [(grant.taken, grant.left) for grant in taken] == [(3, 2), (2, 0), (0, 0)]
    assert taken[0].wait_seconds == taken[1].wait_seconds == 0
    assert 900 < taken[2].wait_seconds <= 1000


async def test_each_bucket_is_its_own_and_several_are_drawn_from_at_once(buckets: RateBuckets) -> None:
    await buckets.draw([Draw("{t}:a", SLOW, 5)])
    grants = await buckets.draw([Draw("{t}:a", SLOW, 1), Draw("{t}:b", SLOW, 1), Draw("{t}:c", QUICK, 9)])
    assert [grant.taken for grant in grants] == [0, 1, 1]


async def test_tokens_come_back(buckets: RateBuckets) -> None:
    await buckets.draw([Draw("b", QUICK, 1)])

    async def is_there() -> bool:
        [grant] = await buckets.draw([Draw("b", QUICK, 1)])
        return grant.taken == 1

    await eventually(is_there)


@pytest.mark.stack
async def test_processes_share_what_is_in_redis_and_nothing_stays_of_a_full_bucket(server: RedisServer) -> None:
    clients = [connect(server.url), connect(server.url)]
    one, other = (RedisBuckets(client) for client in clients)
    await clients[0].flushdb()
    assert (await one.draw([Draw("b", SLOW, 4)]))[0].taken == 4
    assert (await other.draw([Draw("b", SLOW, 4)]))[0].taken == 1
    assert 0 < await clients[0].pttl("b") <= 5_000_100
    await one.draw([Draw("q", QUICK, 1)])

    async def is_gone() -> bool:
        return not await clients[0].exists("q")

    await eventually(is_gone)
    for client in clients:
        await client.aclose()


@pytest.mark.stack
async def test_a_redis_that_is_away_is_told_as_such() -> None:
    redis = connect(f"redis://127.0.0.1:{free_port()}/0")
    with pytest.raises(DependencyUnavailable):
        await RedisBuckets(redis).draw([Draw("b", SLOW, 1)])
    await redis.aclose()
