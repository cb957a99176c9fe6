"""Streams that are cut anywhere and resumed elsewhere tell what is stored, in its order, runs below included."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any

import httpx
import pytest

from control_plane.streams.reading import StreamSource, TenantSource
from fixtures.api.api_in_process import api_in_process
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from fixtures.streams.cut_reader import CutReader
from fixtures.streams.served_api import ServedApi, served
from fixtures.streams.streamed_runs import Stored, StreamedRuns, StreamReplica, write
from foundation.storage.execution.event_streams import BEGINNING, EventPlace

CUTS = [pytest.param(30, 3, id="30"), pytest.param(1000, 4, id="1000", marks=pytest.mark.full)]
MOST_BYTES = 900
"""Of one connection: an event has some 330, so that less than two are whole before most cuts."""
UNREAD = 8
"""Events that may be written and not read: so few that a reader is often at the end of what is stored."""


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


@asynccontextmanager
async def two_replicas(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[list[ServedApi]]:
    """Two control planes with nothing in common but the database."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    most: dict[str, Any] = {"event_stream_heartbeat_seconds": 0.5}
    async with AsyncExitStack() as stack:
        apis = [
            await stack.enter_async_context(api_in_process(scratch, gateway_url=nowhere, signing=signing, **most))
            for _ in range(2)
        ]
        yield [await stack.enter_async_context(served(api)) for api in apis]


def reader_of(replica: ServedApi, tenant: Tenant) -> httpx.AsyncClient:
    caller = replica.api.as_user(tenant, tenant.user_id)
    return httpx.AsyncClient(base_url=f"{replica.url}/api/v1", headers=caller.headers, timeout=60)


@pytest.mark.parametrize(("cuts", "seed"), CUTS)
async def test_a_run_s_stream_has_each_stored_event_once_and_in_order_whatever_byte_it_is_cut_at(
    scratch: ScratchDatabase, signing: Signing, tenant: Tenant, cuts: int, seed: int
) -> None:
    """Its connections break off at any byte, while events of the run, of those below it and of others are written."""
    runs = StreamedRuns(scratch, tenant)
    root = runs.run()
    child = runs.run(root)
    tree = [root, child, runs.run(root), runs.run(root, child)]
    beside = runs.run()
    events, room, chance = 2 * cuts, asyncio.Semaphore(UNREAD), random.Random(seed)
    async with AsyncExitStack() as stack:
        replicas = await stack.enter_async_context(two_replicas(scratch, signing))
        clients = [await stack.enter_async_context(reader_of(replica, tenant)) for replica in replicas]
        reader = CutReader(clients, f"/runs/{root}/events", chance, room.release)
        await stack.enter_async_context(asyncio.timeout(600))
        writer = await stack.enter_async_context(StreamReplica.open(scratch))
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(write(runs, writer.database, tree, events=events, seed=seed, room=room))
            group.create_task(write(runs, writer.database, [beside], events=events // 5, seed=seed + 1))
            while reader.cuts < cuts:
                assert not writing.done(), "nothing is written any more while the stream is cut"
                await reader.cut_after(chance.randint(0, MOST_BYTES))
            assert await reader.to_the_end() == {"reason": "run_ended"}
        assert (await reader.ask_again()).status_code == 204
    stored = runs.stored(*tree)
    assert len(stored) > events
    assert reader.seen == stored
    for run_id in tree:
        assert [seq for run, seq in reader.seen if run == str(run_id)] == list(range(1, len(runs.stored(run_id)) + 1))
    assert reader.torn > cuts // 2


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
