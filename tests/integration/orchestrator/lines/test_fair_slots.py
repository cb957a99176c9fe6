"""A worker's slots go to whoever comes next in line, whatever order the queue gives its messages in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.eventually import eventually
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.running.gated_workers import GatedEngine, gated_worker, send
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run
from foundation.cloud.queue.fake import FakeQueue

BACKLOG: list[dict[str, Any]] = [{"name": f"s{number:03}", "kind": "noop"} for number in range(120)]
ONE: list[dict[str, Any]] = [{"name": "only", "kind": "noop"}]
ASK: list[dict[str, Any]] = [{"name": "asks", "kind": "approval", "message": "May it?"}]
SLOTS, SHARE = 4, 3


@pytest.fixture
def scratch() -> Iterator[ScratchDatabase]:
    """A database of the test's own: a worker serves whoever waits in it."""
    yield from scratch_database()


@pytest.fixture
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def engine() -> GatedEngine:
    return GatedEngine()


@pytest.fixture
async def worker(
    parts: Parts, scratch: ScratchDatabase, queue: FakeQueue, engine: GatedEngine
) -> AsyncIterator[object]:
    async with gated_worker(parts, scratch, queue, engine, concurrency=SLOTS) as consumer:
        yield consumer


async def enqueued(queue: FakeQueue, *runs: ARun, steps: Sequence[str] = ()) -> None:
    for run in runs:
        await send(queue, [run.dispatch(step) for step in steps or run.steps])


async def until_waiting(parts: Parts, count: int, *runs: ARun, reason: str = "slot") -> None:
    async def they_wait() -> bool:
        async with parts.owner.tenant(runs[0].tenant_id) as tx:
            query = "SELECT count(*) FROM steps WHERE run_id = ANY(:r) AND status = 'WAITING' AND wait_reason = :w"
            rows = await tx.execute(text(query), {"r": [run.run_id for run in runs], "w": reason})
            return int(rows.scalar_one()) == count

    await eventually(they_wait)


@pytest.mark.usefixtures("worker")
async def test_a_neighbours_first_step_begins_before_any_step_of_a_backlog_has_ended(
    parts: Parts, queue: FakeQueue, engine: GatedEngine
) -> None:
    backlog, neighbour = await a_run(parts.owner, steps=BACKLOG), await a_run(parts.owner, steps=ONE)
    await enqueued(queue, backlog, neighbour)
    await engine.until_begun(SHARE + 1)
    begun = Counter(dispatch.tenant_id for dispatch in engine.begun)
    assert begun == {backlog.tenant_id: SHARE, neighbour.tenant_id: 1}


@pytest.mark.usefixtures("worker")
async def test_a_small_run_of_the_same_tenant_begins_within_a_few_ends(
    parts: Parts, queue: FakeQueue, engine: GatedEngine
) -> None:
    backlog = await a_run(parts.owner, steps=BACKLOG)
    small = await a_run(parts.owner, steps=ONE, tenant=(backlog.tenant_id, backlog.user_id))
    await enqueued(queue, backlog, small)
    await until_waiting(parts, len(BACKLOG) + 1 - SHARE, backlog, small)
    for ends in range(1, 4):
        engine.release()
        await engine.until_begun(SHARE + ends)
    assert small.run_id in {dispatch.run_id for dispatch in engine.begun}


@pytest.mark.usefixtures("worker")
async def test_asking_somebody_waits_for_no_slot(parts: Parts, queue: FakeQueue, engine: GatedEngine) -> None:
    backlog = await a_run(parts.owner, steps=BACKLOG)
    asks = await a_run(parts.owner, steps=ASK, tenant=(backlog.tenant_id, backlog.user_id))
    await enqueued(queue, backlog, asks)
    await until_waiting(parts, 1, asks, reason="approval")
    assert len(engine.begun) == SHARE


@pytest.mark.usefixtures("worker")
async def test_a_backlog_is_worked_off_whole_and_never_in_more_slots_than_a_tenants_share(
    parts: Parts, queue: FakeQueue, engine: GatedEngine
) -> None:
    backlog = await a_run(parts.owner, steps=BACKLOG)
    engine.release(len(BACKLOG))
    await enqueued(queue, backlog)
    await engine.until_begun(len(BACKLOG))
    assert len({dispatch.step_id for dispatch in engine.begun}) == len(BACKLOG)
    assert engine.most_running <= SHARE
    assert await queue.visible() == 0


async def test_a_worker_that_is_free_takes_what_a_full_one_has_lined_up(
    parts: Parts, scratch: ScratchDatabase, engine: GatedEngine
) -> None:
    first_queue, idle = FakeQueue(), GatedEngine()
    backlog = await a_run(parts.owner, steps=BACKLOG)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(gated_worker(parts, scratch, first_queue, engine, concurrency=SLOTS))
        await stack.enter_async_context(gated_worker(parts, scratch, FakeQueue(), idle, concurrency=SLOTS))
        await enqueued(first_queue, backlog)
        await asyncio.gather(engine.until_begun(SHARE), idle.until_begun(SHARE))
        assert not {one.step_id for one in engine.begun} & {one.step_id for one in idle.begun}
