"""A worker shows what it is and holds; a registry that is away stops nothing."""

import asyncio
from contextlib import suppress

from prometheus_client import REGISTRY

from fixtures.eventually import eventually
from foundation.cloud.presence.fake import FakePresence
from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.presence import WorkerPresence, WorkerStatus
from foundation.domain.ids import TenantId, new_uuid
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.presence.signs_of_life import SignsOfLife

TENANT = TenantId(new_uuid())


async def shown(presence: FakePresence) -> WorkerPresence:
    [worker] = await presence.present()
    return worker


BREAKERS = WorkerBreakers()


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_worker_shows_its_state_at_once_and_leaves_when_it_has_stopped() -> None:
    presence, held = FakePresence(), {TENANT: 2}
    signs = SignsOfLife(presence, lambda: held, BREAKERS.shown, worker_id="w-1", concurrency=8)
    task = asyncio.create_task(signs.run())
    for status in (WorkerStatus.STARTING, WorkerStatus.WORKING, WorkerStatus.DRAINING):
        if status is not WorkerStatus.STARTING:
            signs.now(status)

        async def is_shown(wanted: WorkerStatus = status) -> bool:
            return [one.status for one in await presence.present()] == [wanted]

        await eventually(is_shown)
    worker = await shown(presence)
    assert (worker.id, worker.concurrency, worker.running) == ("w-1", 8, {TENANT: 2})
    assert worker.seen_at >= worker.since
    assert {one.name: one.state for one in worker.breakers}["tool_launcher"] is BreakerState.CLOSED
    assert REGISTRY.get_sample_value("worker_steps_running") == 2
    assert REGISTRY.get_sample_value("workers_present") == 1
    await stopped(task)
    await signs.leave()
    assert await presence.present() == []


async def test_a_registry_that_is_away_stops_nothing_and_is_told_when_it_is_back() -> None:
    presence = FakePresence(away=True)
    signs = SignsOfLife(presence, dict, BREAKERS.shown, worker_id="w-1", concurrency=1)
    task = asyncio.create_task(signs.run())
    await asyncio.sleep(0)
    await signs.leave()
    presence.away = False
    signs.now(WorkerStatus.WORKING)

    async def is_present() -> bool:
        return len(await presence.present()) == 1

    await eventually(is_present)
    assert not task.done()
    await stopped(task)
