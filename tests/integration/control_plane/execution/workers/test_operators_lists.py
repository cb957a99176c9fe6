"""Operators see what failed for good, runs and waits in all tenants; whoever else asks is refused."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.leaving.full_tenants import full_tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.ids import new_uuid

DEAD, LINES = "/operations/dead-letters", "/operations/resources"


@pytest.fixture
def database() -> Iterator[ScratchDatabase]:
    """In which no other test's tenants are."""
    yield from scratch_database()


@pytest.fixture
async def operator(database: ScratchDatabase, signing: Signing) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(database, gateway_url=url, signing=signing) as api, api.operator() as client:
        yield client


async def tenants(database: ScratchDatabase, number: int) -> list[Tenant]:
    return [await full_tenant(database, FakeObjectStore()) for _ in range(number)]


def run_sql(database: ScratchDatabase, statement: bytes, tenant: Tenant) -> None:
    with database.superuser() as connection:
        assert connection.execute(statement, [tenant.tenant_id]).rowcount >= 1


async def pages(operator: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """All items, one a page."""
    found: list[dict[str, Any]] = []
    while True:
        page = (await operator.get(path, params={**params, "limit": 1})).raise_for_status().json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


async def test_dead_letters_of_all_tenants_are_listed_by_age_whose_cause_and_state(
    operator: httpx.AsyncClient, database: ScratchDatabase
) -> None:
    one, other, third = made = await tenants(database, 3)
    run_sql(database, b"UPDATE dead_letters SET died_at = now() - interval '1 day' WHERE tenant_id = %s", third)
    run_sql(database, b"UPDATE dead_letters SET cause = 'worker_lost' WHERE tenant_id = %s", other)
    newest = await pages(operator, DEAD)
    assert len(newest) == 3
    assert {letter["tenant_id"] for letter in newest} == {str(tenant.tenant_id) for tenant in made}
    assert newest[-1]["tenant_id"] == str(third.tenant_id)
    assert await pages(operator, DEAD, sort="died_at") == newest[::-1]
    assert [letter["tenant_id"] for letter in await pages(operator, DEAD, cause="worker_lost")] == [
        str(other.tenant_id)
    ]
    assert await pages(operator, DEAD, tenant_id=str(one.tenant_id), status="discarded") == []
    [own] = await pages(operator, DEAD, tenant_id=str(one.tenant_id), status="open")
    assert (await operator.get(f"{DEAD}/{own['id']}")).json() == own
    problem(await operator.get(f"{DEAD}/{new_uuid()}"), 404, "not_found")


async def test_of_each_tenant_is_told_how_much_runs_and_waits_and_of_others_nothing(
    operator: httpx.AsyncClient, database: ScratchDatabase
) -> None:
    idle, runs, waits = await tenants(database, 3)
    assert (await operator.get(LINES)).json()["items"] == []
    run_sql(
        database,
        b"UPDATE steps SET status = 'RUNNING', ended_at = NULL, worker_id = 'w', started_at = now(),"
        b" lease_expires_at = now() WHERE tenant_id = %s AND kind = 'agent'",
        runs,
    )
    run_sql(
        database,
        b"UPDATE steps SET status = 'WAITING', ended_at = NULL, wait_reason = 'resource', waiting_since = now(),"
        b" wait_line = 'l', wait_rank = 0 WHERE tenant_id = %s",
        waits,
    )
    told = {line["tenant_id"]: line for line in await pages(operator, LINES)}
    numbers = ("running", "waiting_for_slots", "waiting_for_resources")
    assert {tenant: tuple(line[name] for name in numbers) for tenant, line in told.items()} == {
        str(runs.tenant_id): (1, 0, 0),
        str(waits.tenant_id): (0, 0, 2),
    }
    assert told[str(runs.tenant_id)]["waiting_since"] is None
    assert told[str(waits.tenant_id)]["waiting_since"] is not None
    assert await pages(operator, LINES, sort="-tenant_id") == (await pages(operator, LINES))[::-1]
    assert await pages(operator, LINES, tenant_id=str(idle.tenant_id)) == []


@pytest.mark.parametrize("path", [DEAD, LINES, f"{DEAD}/{UUID(int=1)}"])
async def test_an_owner_of_a_tenant_sees_nothing_of_it(lonely_api: ApiInProcess, tenant: Tenant, path: str) -> None:
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.get(path), 403, "forbidden")
