"""Many starts of one tenant at once: they wait for one another, and nobody else waits for them."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from psycopg import Connection

from fixtures.api.api_in_process import ApiInProcess
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

STARTS = 12
"""More than the API's pool has connections, which are four in tests."""
DEFINITION = {"steps": [{"name": "only", "kind": "noop"}]}


async def a_task(client: httpx.AsyncClient) -> str:
    answer = await client.post("/tasks", json={"name": f"task-{uuid4().hex[:12]}", **DEFINITION})
    return str(answer.raise_for_status().json()["id"])


def hold_starts(connection: Connection[Any], tenant: Tenant) -> None:
    """As a start does that takes long to commit."""
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('starts of ' || %s::text, 0))", [tenant.tenant_id]
    )


def waiting(connection: Connection[Any]) -> int:
    """Who waits for a lock like that."""
    row = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone()
    return int(row[0]) if row else 0


async def repeated(client: httpx.AsyncClient, task_id: str, key: str) -> httpx.Response:
    return await client.post("/runs", json={"task_id": task_id}, headers={"idempotency-key": key})


@pytest.mark.parametrize("same_key", [False, True])
async def test_a_flood_of_one_tenants_starts_leaves_the_others_their_connections(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, *, same_key: bool
) -> None:
    neighbour = Tenant().create(scratch)
    async with lonely_api.caller(tenant) as flooding, lonely_api.caller(neighbour) as other:
        mine, theirs = await a_task(flooding), await a_task(other)
        with scratch.superuser() as watcher, scratch.superuser() as holder, holder.transaction():
            hold_starts(holder, tenant)
            keys = [uuid4().hex] * STARTS if same_key else [uuid4().hex for _ in range(STARTS)]
            flood = [asyncio.create_task(repeated(flooding, mine, key)) for key in keys]
            await eventually(lambda: asyncio.to_thread(lambda: waiting(watcher) > 0))
            # Neither is refused, however long the others have to wait.
            assert (await other.get("/runs")).status_code == 200
            assert (await other.post("/runs", json={"task_id": theirs})).status_code == 201
            assert (await flooding.get("/runs")).status_code == 200
            assert [start.result().text for start in flood if start.done()] == []
        answers = await asyncio.gather(*flood)
        listed = (await flooding.get("/runs", params={"limit": 100})).json()["items"]
    started = {answer.json()["id"] for answer in answers}
    assert {answer.status_code for answer in answers} == ({200, 201} if same_key else {201})
    assert len(started) == (1 if same_key else STARTS)
    assert {run["id"] for run in listed} == started
