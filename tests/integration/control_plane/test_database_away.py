"""PostgreSQL away, silent, or its pool exhausted, is 503 with `Retry-After` in every operation that needs it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from pydantic import PostgresDsn

from control_plane.streams.reading import StreamReads
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.frozen_postgres import freezing
from fixtures.machine.lock_queues import in_the_lock_queue
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import TenantId
from foundation.storage.people.call_rows import CallRows
from foundation.storage.session.database import Database, DatabaseSettings

HELD_MS = 60_000
NOOP = {"name": "a", "kind": "noop"}
ASK_OTHERS_FIRST = ("/api/v1/breakers", "/api/v1/operations", "/api/v1/workers")
OF_OPERATORS = {"POST /api/v1/tenants", "GET /api/v1/tenants"}
OF_OPERATORS |= {f"POST /api/v1/tenants/{{tenant_id}}/{act}" for act in ("suspend", "restore", "owner-invitation")}
OF_OPERATORS |= {f"{method} /api/v1/tenants/{{tenant_id}}/bounds" for method in ("PUT", "DELETE")}
"""An owner is refused before the database is asked."""
WITHOUT_ROWS = {"GET /api/v1/permissions", "GET /api/v1/tenants/{tenant_id}"}
WITHOUT_ROWS |= {"DELETE /api/v1/tenants/{tenant_id}", "GET /api/v1/tenants/{tenant_id}/exports/{export_id}"}
WITHOUT_ROWS |= {"GET /api/v1/tenants/{tenant_id}/bounds"}
WITHOUT_ROWS |= {f"{method} /api/v1/tenants/{{tenant_id}}/deletion" for method in ("GET", "DELETE")}
"""What stands in the code alone, and what is refused to others before it is looked for."""


WITHOUT_TOKENS = {"POST /api/v1/trigger-calls/{tenant_id}/{trigger_id}"}


def _signed() -> dict[str, str]:
    """The headers of a call of a trigger whose signature only the database can say to be wrong."""
    return {"webhook-id": "m", "webhook-timestamp": str(int(time.time())), "webhook-signature": f"v1,{'A' * 43}="}


@asynccontextmanager
async def standing_on(api: ApiInProcess, database: Database) -> AsyncIterator[None]:
    """The API's own queries go to another database; its callers are found as before."""
    state = api.app.state
    before = state.resources
    streams = replace(before.streams, reads=StreamReads(database, at_once=1))
    state.resources = replace(before, database=database, streams=streams, call_rows=CallRows(database))
    try:
        yield
    finally:
        state.resources = before
        await database.close()


async def ask(client: httpx.AsyncClient, operation: Operation) -> httpx.Response:
    return await client.request(
        operation.method,
        f"http://test{operation.path_with('2026-01' if '{month}' in operation.path else str(uuid4()))}",
        params={"group_by": "model"} if operation.path == "/api/v1/usage" else {},
        json=operation.example,
        headers={**operation.if_match('"1"'), **(_signed() if operation.name in WITHOUT_TOKENS else {})},
    )


async def unavailable(api: ApiInProcess, tenant: Tenant) -> set[str]:
    """The operations that answered as they should; the others fail the test."""
    found = set()
    async with api.caller(tenant) as owner:
        for operation in operations_of(api.app):
            asks_nothing = operation.name in OF_OPERATORS | WITHOUT_ROWS
            if operation.public or asks_nothing or operation.path.startswith(ASK_OTHERS_FIRST):
                continue
            answer = await ask(owner, operation)
            body = problem(answer, 503, "dependency_unavailable")
            assert body["retryable"] is True
            assert int(answer.headers["retry-after"]) >= 1
            found.add(operation.name)
    return found


@pytest.mark.parametrize("how", ["away", "exhausted"])
async def test_every_operation_says_that_the_database_is_away(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, how: str
) -> None:
    url = scratch.url("control_plane")
    if how == "away":
        url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    # Its one connection is held while all operations are asked.
    pool = DatabaseSettings(
        url=PostgresDsn(url), pool_size=1, pool_timeout_seconds=0.05, idle_transaction_timeout_ms=HELD_MS
    )
    database = Database(pool, application="test")
    async with standing_on(api, database):
        if how == "away":
            assert len(await unavailable(api, tenant)) > 20
            return
        async with database.tenant(TenantId(tenant.tenant_id)):
            assert len(await unavailable(api, tenant)) > 20


async def test_what_waits_while_postgresql_stops_is_told_so_and_made_once_when_it_goes_on(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    """Its processes stop and its sockets stay open: requests are within a transaction, and others are on their way."""
    quick = DatabaseSettings(
        url=PostgresDsn(scratch.url("control_plane")), pool_size=3, connect_timeout_seconds=1, statement_timeout_ms=8000
    )
    names = [f"frozen-{number}" for number in range(3)]
    tasks = {uuid4().hex: {"name": name, "steps": [NOOP]} for name in names}

    async with standing_on(api, Database(quick, application="frozen")), api.caller(tenant) as owner:

        async def make() -> list[httpx.Response]:
            asked = (owner.post("/tasks", json=task, headers={"idempotency-key": key}) for key, task in tasks.items())
            return await asyncio.gather(*asked)

        with scratch.superuser() as held, freezing(scratch) as freeze:
            held.execute("BEGIN; LOCK TABLE tasks")
            making = asyncio.create_task(make())
            await in_the_lock_queue(scratch, len(tasks))
            freeze()
            async with asyncio.timeout(60):
                others = await asyncio.gather(
                    *(owner.get(path) for path in ("/tasks", "/runs", "/audit", "/webhooks") * 3)
                )
                refused = [*await making, *others]
        for answer in refused:
            assert problem(answer, 503, "dependency_unavailable")["retryable"] is True
            assert int(answer.headers["retry-after"]) >= 1
        made = await make()
        assert [answer.status_code for answer in made] == [201] * len(tasks)
        listed = (await owner.get("/tasks")).json()["items"]
        assert sorted(one["name"] for one in listed) == names
