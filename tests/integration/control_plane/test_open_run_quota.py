"""A tenant has so many open runs and no more; the next is refused until one has ended."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase

QUOTA = 2


@pytest.fixture(scope="module")
async def small_api(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=nowhere, signing=signing, max_open_runs=QUOTA) as running:
        yield running


async def a_task(caller: httpx.AsyncClient) -> str:
    task = await caller.post(
        "/tasks", json={"name": f"task-{uuid4().hex[:12]}", "steps": [{"name": "a", "kind": "noop"}]}
    )
    assert task.status_code == 201, task.text
    return str(task.json()["id"])


async def start(caller: httpx.AsyncClient, task: str, *, key: str | None = None) -> httpx.Response:
    return await caller.post("/runs", json={"task_id": task}, headers={"Idempotency-Key": key} if key else {})


def written(database: ScratchDatabase, tenant: Tenant) -> list[int]:
    """Runs of the tenant, and starts of them in the outbox."""
    with database.superuser() as connection:
        rows = connection.execute(
            """SELECT (SELECT count(*) FROM runs WHERE tenant_id = %(tenant)s),
                      (SELECT count(*) FROM outbox WHERE tenant_id = %(tenant)s AND kind = 'start_execution')""",
            {"tenant": tenant.tenant_id},
        ).fetchall()
    return [int(str(count)) for count in rows[0]]


async def test_the_run_above_the_quota_is_refused_and_nothing_of_it_is_written(
    small_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with small_api.caller(tenant) as caller:
        task = await a_task(caller)
        assert [(await start(caller, task)).status_code for _ in range(QUOTA)] == [201] * QUOTA
        refused = await start(caller, task)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:lockstep:problem:quota_exceeded")
    assert refused.json()["retryable"] is True
    assert refused.headers["retry-after"] == "10"
    assert f"{QUOTA} open runs" in refused.json()["detail"]
    assert written(scratch, tenant) == [QUOTA, QUOTA]


async def test_a_run_that_has_ended_makes_room(
    small_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with small_api.caller(tenant) as caller:
        task = await a_task(caller)
        first, _ = [(await start(caller, task)).json()["id"] for _ in range(QUOTA)]
        assert (await start(caller, task)).status_code == 429
        with scratch.superuser() as connection:
            query = "UPDATE runs SET status = 'CANCELLED', ended_at = now() WHERE run_id = %s"
            connection.execute(query, [first])
        assert (await start(caller, task)).status_code == 201
        assert (await start(caller, task)).status_code == 429


async def test_each_tenant_has_a_quota_of_its_own(
    small_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    neighbour = Tenant().create(scratch)
    async with small_api.caller(tenant) as full, small_api.caller(neighbour) as empty:
        task = await a_task(full)
        assert [(await start(full, task)).status_code for _ in range(QUOTA + 1)] == [201] * QUOTA + [429]
        assert (await start(empty, await a_task(empty))).status_code == 201


async def test_a_repeat_of_a_start_gives_the_run_that_stands_also_when_the_quota_is_used_up(
    small_api: ApiInProcess, tenant: Tenant
) -> None:
    async with small_api.caller(tenant) as caller:
        task = await a_task(caller)
        first = await start(caller, task, key="once")
        assert [(await start(caller, task)).status_code for _ in range(QUOTA)] == [201] * (QUOTA - 1) + [429]
        again = await start(caller, task, key="once")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
