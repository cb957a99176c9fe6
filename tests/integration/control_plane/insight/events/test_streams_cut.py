"""Streams that are cut anywhere and resumed elsewhere tell what is stored, in its order, runs below included."""

import asyncio
import random
from contextlib import aclosing

import pytest

from control_plane.streams.reading import RunSource, StreamSource, TenantSource
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.streams.streamed_runs import Stored, StreamedRuns, StreamReplica, write
from foundation.storage.execution.event_streams import BEGINNING, EventPlace

CUTS = [pytest.param(50, 150, id="50"), pytest.param(1000, 1500, id="1000", marks=pytest.mark.full)]


async def read_cut(replicas: list[StreamReplica], source: StreamSource, *, cuts: int, last: int, seed: int) -> Stored:
    """What a client has that is cut off so often, and goes on at any replica, until it has `last` events or the end."""
    chance, after, seen = random.Random(seed), BEGINNING, Stored()
    for cut in range(cuts + 1):
        most = chance.randint(0, 6) if cut < cuts else last
        async with aclosing(chance.choice(replicas).follow(source, after)) as messages:
            async for message in messages:
                if message["event"] == "stream.end":
                    assert message["data"] == {"reason": "run_ended"}
                    return seen
                seen.append((message["data"]["run_id"], message["data"]["seq"]))
                after = EventPlace.parse(message["id"])
                most -= 1
                if most <= 0 or len(seen) == last:
                    break
        if len(seen) == last:
            break
    return seen


@pytest.mark.parametrize(("cuts", "events"), CUTS)
async def test_a_run_s_stream_has_each_stored_event_once_and_in_order_whatever_is_cut(
    scratch: ScratchDatabase, tenant: Tenant, cuts: int, events: int
) -> None:
    runs = StreamedRuns(scratch, tenant)
    root = runs.run()
    child = runs.run(root)
    tree = [root, child, runs.run(root), runs.run(root, child)]
    beside = runs.run()
    source = RunSource(tenant.tenant_id, root)
    async with (
        StreamReplica.open(scratch) as one,
        StreamReplica.open(scratch) as other,
        asyncio.timeout(300),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(write(runs, one.database, tree, events=events, seed=1))
        group.create_task(write(runs, other.database, [beside], events=events // 5, seed=2))
        reading = group.create_task(read_cut([one, other], source, cuts=cuts, last=10**9, seed=3))
    seen, stored = reading.result(), runs.stored(*tree)
    assert len(stored) > events
    assert seen == stored
    for run_id in tree:
        assert [seq for run, seq in seen if run == str(run_id)] == list(range(1, len(runs.stored(run_id)) + 1))


async def test_the_tenant_s_stream_has_the_events_of_all_its_runs_and_of_no_neighbour(
    scratch: ScratchDatabase, tenant: Tenant
) -> None:
    runs, neighbours = StreamedRuns(scratch, tenant), StreamedRuns(scratch, Tenant().create(scratch))
    mine, theirs = [runs.run(), runs.run()], [neighbours.run()]
    async with StreamReplica.open(scratch) as one, StreamReplica.open(scratch) as other:
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            writing = group.create_task(write(runs, one.database, mine, events=80, seed=4))
            group.create_task(write(neighbours, other.database, theirs, events=80, seed=5))
            source = TenantSource(tenant.tenant_id)
            early = group.create_task(read_cut([one, other], source, cuts=10, last=60, seed=6))
            await writing
        stored = runs.stored(*mine)
        assert early.result() == stored[:60]
        async with asyncio.timeout(60):
            assert await read_cut([one], source, cuts=0, last=len(stored), seed=7) == stored


async def test_a_transaction_that_got_its_id_first_and_appended_last_keeps_a_run_in_order(
    scratch: ScratchDatabase, tenant: Tenant
) -> None:
    runs = StreamedRuns(scratch, tenant)
    run_id = runs.run()
    with scratch.superuser() as connection, connection.transaction():
        connection.execute("SELECT pg_current_xact_id()")
        runs.fill(run_id, 2)
        connection.execute(
            """WITH run AS (UPDATE runs SET last_seq = last_seq + 1,
                                   last_xact = GREATEST(last_xact, pg_current_xact_id())
                            WHERE run_id = %s RETURNING *)
               INSERT INTO run_events (tenant_id, run_id, seq, xact, type)
               SELECT tenant_id, run_id, last_seq, last_xact, 'run.running' FROM run""",
            [run_id],
        )
    assert [seq for _, seq in runs.stored(run_id)] == [1, 2, 3]
