"""Parts that no checkpoint names any more are removed, exactly those, also while others write."""

import asyncio
import random
from typing import Any

import pytest

from fixtures.checkpoints.checkpointed import conversation, sql, turns, verified, write
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from foundation.storage.execution.checkpoints import listing, recording, unnamed
from foundation.storage.session.database import Database
from orchestrator.sweeping.parts import PartsSweeper

ORPHANS = """SELECT count(*) FROM message_parts p WHERE tenant_id = :tenant AND NOT EXISTS (
                 SELECT FROM checkpoints c WHERE c.tenant_id = p.tenant_id AND p.digest = ANY (c.manifest))"""
DANGLING = """SELECT count(*) FROM checkpoints c, unnest(c.manifest) AS named
              WHERE c.tenant_id = :tenant AND NOT EXISTS (
                  SELECT FROM message_parts p WHERE p.tenant_id = c.tenant_id AND p.digest = named)"""
PARTS = "SELECT count(*) FROM message_parts WHERE tenant_id = :tenant"


@pytest.fixture
async def owner(scratch: ScratchDatabase) -> Any:
    opened = database(scratch)
    yield opened
    await opened.close()


@pytest.fixture
async def worker(scratch: ScratchDatabase) -> Any:
    opened = database(scratch, "orchestrator")
    yield opened
    await opened.close()


async def sweep(worker: Database, run: ARun, *, limit: int = 500) -> int:
    async with worker.tenant(run.tenant_id) as tx:
        return await unnamed.remove_unnamed(tx, run.tenant_id, limit=limit)


async def delete(owner: Database, run: ARun, turn: int, *, step: str = "first") -> None:
    async with owner.tenant(run.tenant_id) as tx:
        await listing.delete(tx, run.tenant_id, run.steps[step], turn=turn)


async def one(owner: Database, run: ARun, statement: str) -> int:
    return int((await sql(owner, run, statement)).scalar_one())


async def test_a_sweep_removes_what_only_the_deleted_checkpoint_named(owner: Database, worker: Database) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 3)
    await delete(owner, run, 2)
    assert await sweep(worker, run) == 1, "the state of turn 2; its messages belong to turn 3 as well"
    assert await verified(owner, run, newest) == []
    assert await sweep(worker, run) == 0


async def test_the_parts_of_a_run_that_is_gone_are_removed_and_those_of_its_fork_stay(
    owner: Database, worker: Database, scratch: ScratchDatabase
) -> None:
    run = await a_run(owner)
    newest = await turns(owner, run, 3, step="first")
    fork = await a_run(owner, task_of=run)
    async with owner.tenant(run.tenant_id) as tx:
        await recording.share(tx, run.tenant_id, run.steps["first"], fork.steps["first"], turn=2)
    await sql(owner, run, "DELETE FROM runs WHERE run_id = (SELECT run_id FROM steps WHERE step_id = :step)")
    looking = database(scratch, "sweeper")
    try:
        await PartsSweeper(looking, worker).sweep()
    finally:
        await looking.close()
    # Turn 3 had a state and a message of its own, and turn 1 and 2 live on in the fork.
    assert await one(owner, run, PARTS) == 2 + 2
    assert (await one(owner, run, ORPHANS), await one(owner, run, DANGLING)) == (0, 0)
    assert newest.length == 4


async def test_a_part_that_is_being_named_is_not_removed(owner: Database, worker: Database) -> None:
    """The write has found the part and not yet committed; the sweep waits for it, and sees its name."""
    run = await a_run(owner)
    await turns(owner, run, 1)
    await delete(owner, run, 1)
    async with owner.tenant(run.tenant_id) as tx:
        parts = conversation(1)
        await recording.write(
            tx, run.tenant_id, run.steps["second"], turn=1, checkpoint_id="1", parts=parts, metadata={}
        )
        sweeping = asyncio.create_task(sweep(worker, run))
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        async with asyncio.timeout(60):
            while await one(owner, run, waits) == 0:
                assert not sweeping.done()
    assert await sweeping == 0
    assert (await one(owner, run, ORPHANS), await one(owner, run, DANGLING)) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
async def test_whoever_writes_deletes_and_sweeps_at_once_nothing_named_is_lost(
    owner: Database, worker: Database, seed: int
) -> None:
    """Four writers use the same few parts again and again, so that each is named, released and named anew."""
    run = await a_run(owner, steps=[{"name": f"step{number}", "kind": "noop"} for number in range(4)])
    shared = [b"part %d" % number for number in range(6)]

    async def writes(step: str) -> None:
        source = random.Random(f"{seed} {step}")
        for turn in range(1, 13):
            await write(owner, run, turn, source.sample(shared, k=3), step=step)
            await delete(owner, run, source.randint(1, turn), step=step)

    writing = asyncio.gather(*(writes(step) for step in run.steps))
    while not writing.done():
        await sweep(worker, run, limit=2)
        rows = await sql(owner, run, DANGLING, step="step0")
        assert rows.scalar_one() == 0
    await writing
    while (await sql(owner, run, "SELECT 1 FROM released_parts WHERE tenant_id = :tenant", step="step0")).first():
        await sweep(worker, run)
    counts = [(await sql(owner, run, statement, step="step0")).scalar_one() for statement in (ORPHANS, DANGLING)]
    assert counts == [0, 0]
