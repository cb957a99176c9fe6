"""What every registry of workers must do: Redis, and the one in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.eventually import eventually
from fixtures.machine.free_port import free_port
from fixtures.machine.redis_server import RedisServer, running_redis
from foundation.cloud.presence.base import Presence
from foundation.cloud.presence.fake import FakePresence
from foundation.cloud.presence.redis import RedisPresence, connect
from foundation.contracts.presence import WorkerPresence, WorkerStatus
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid

KINDS = ["fake", pytest.param("redis", marks=pytest.mark.stack)]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG, SHORT = 60, 0.2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(Path(tmp_path_factory.mktemp("presence")))


@pytest.fixture(params=KINDS)
async def presence(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    if request.param == "fake":
        yield FakePresence()
        return
    redis = connect(request.getfixturevalue("server").url)
    await redis.flushdb()
    yield RedisPresence(redis)
    await redis.aclose()


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Presence]:
    if request.param == "fake":
        yield FakePresence(away=True)
        return
    redis = connect(f"redis://127.0.0.1:{free_port()}/0")
    yield RedisPresence(redis)
    await redis.aclose()


def a_worker(worker_id: str = "w-1", **members: object) -> WorkerPresence:
    values = {"status": WorkerStatus.WORKING, "since": NOON, "seen_at": NOON, "concurrency": 8, "running": {}}
    return WorkerPresence.model_validate({"id": worker_id, **values, **members})


async def test_nobody_is_present_at_first(presence: Presence) -> None:
    assert await presence.present() == []


async def test_who_shows_itself_is_present_as_it_was_shown_last_and_in_the_order_of_ids(presence: Presence) -> None:
    await presence.show(a_worker("w-2"), seconds=LONG)
    await presence.show(a_worker("w-1"), seconds=LONG)
    later = a_worker("w-2", status=WorkerStatus.DRAINING, running={TenantId(new_uuid()): 3})
    await presence.show(later, seconds=LONG)
    assert await presence.present() == [a_worker("w-1"), later]


async def test_who_is_silent_for_its_time_is_forgotten_and_comes_back_with_its_next_sign(presence: Presence) -> None:
    await presence.show(a_worker("w-1"), seconds=SHORT)
    await presence.show(a_worker("w-2"), seconds=LONG)

    async def only_the_other_is_left() -> bool:
        return [worker.id for worker in await presence.present()] == ["w-2"]

    await eventually(only_the_other_is_left)
    await presence.show(a_worker("w-1"), seconds=LONG)
    assert len(await presence.present()) == 2


async def test_who_leaves_is_gone_at_once_and_may_leave_twice(presence: Presence) -> None:
    await presence.show(a_worker(), seconds=LONG)
    await presence.leave("w-1")
    await presence.leave("w-1")
    assert await presence.present() == []


async def test_many_show_themselves_at_once(presence: Presence) -> None:
    workers = [a_worker(f"w-{number:02}") for number in range(30)]
    await asyncio.gather(*(presence.show(worker, seconds=LONG) for worker in workers))
    assert await presence.present() == workers


async def test_a_registry_that_does_not_answer_says_so(away: Presence) -> None:
    for call in (away.show(a_worker(), seconds=LONG), away.leave("w-1"), away.present()):
        with pytest.raises(DependencyUnavailable):
            await call
