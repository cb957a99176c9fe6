"""Bytes of artifacts: counted for the tenant and its users, refused beyond a quota exactly, free again once expired."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase


async def announced(caller: httpx.AsyncClient, size: int) -> httpx.Response:
    body = {"name": "a.csv", "content_type": "text/csv", "size": size, "sha256": "0" * 64}
    return await caller.post("/artifacts", json=body)


async def standing(caller: httpx.AsyncClient) -> dict[str, tuple[Any, Any, Any]]:
    items = (await caller.get("/quotas")).json()["items"]
    found = [one for one in items if one["quota"] == "stored_bytes"]
    assert all(one["resets_at"] is None for one in found)
    return {one["scope"]: (one["used"], one["limit"], one["left"]) for one in found}


async def limit(caller: httpx.AsyncClient, **policy: Any) -> None:
    assert (await caller.put("/quota-policy", json=policy)).status_code == 200


async def test_an_upload_that_has_no_room_is_refused_with_what_is_taken(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        assert (await announced(owner, 600)).status_code == 201
        await limit(owner, tenant={"stored_bytes": 1000})
        assert await standing(owner) == {"tenant": (600, 1000, 400), "user": (600, None, None)}
        refused = problem(await announced(owner, 401), 409, "storage_full")
        assert {name: refused[name] for name in ("quota", "scope", "limit", "used", "asked", "retryable")} == {
            "quota": "stored_bytes",
            "scope": "tenant",
            "limit": 1000,
            "used": 600,
            "asked": 401,
            "retryable": False,
        }
        assert "retention-policy" in refused["remedy"]
        assert (await announced(owner, 400)).status_code == 201, "exactly what is left fits"
        assert (await announced(owner, 0)).status_code == 201, "what takes no room is let in"
        assert await standing(owner) == {"tenant": (1000, 1000, 0), "user": (1000, None, None)}


@pytest.mark.parametrize("scope", ["tenant", "user"])
async def test_of_many_uploads_at_once_so_many_are_let_in_as_fit(
    lonely_api: ApiInProcess, tenant: Tenant, scope: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        await limit(owner, **{scope: {"stored_bytes": 350}})
        answers = await asyncio.gather(*(announced(owner, 100) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
        assert (await standing(owner))[scope] == (300, 350, 50)


async def test_what_has_expired_takes_no_room(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        await limit(owner, user={"stored_bytes": 100})
        assert (await announced(owner, 100)).status_code == 201
        problem(await announced(owner, 1), 409, "storage_full")
        with scratch.superuser() as connection:
            query = "UPDATE artifacts SET status = 'EXPIRED', expired_at = now() WHERE tenant_id = %s"
            connection.execute(query, [tenant.tenant_id])
        assert (await announced(owner, 100)).status_code == 201


async def test_another_tenants_bytes_are_not_counted(lonely_api: ApiInProcess, scratch: ScratchDatabase) -> None:
    ours, theirs = Tenant().create(scratch), Tenant().create(scratch)
    async with lonely_api.caller(theirs) as other:
        assert (await announced(other, 1000)).status_code == 201
    async with lonely_api.caller(ours) as owner:
        await limit(owner, tenant={"stored_bytes": 10})
        assert (await announced(owner, 10)).status_code == 201
