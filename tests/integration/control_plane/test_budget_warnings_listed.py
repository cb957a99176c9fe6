"""Warnings of nearly spent budgets through the API: newest first, once a scope and window, the tenant's own."""

import asyncio
from typing import Any

import httpx

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid
from foundation.domain.money import dollars

CALL: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


async def test_a_budget_that_is_nearly_spent_is_listed_once_and_a_neighbour_does_not_see_it(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    theirs = {"authorization": f"Bearer {neighbour.api_key}"}
    first = await models.post("/v1/chat/completions", json=CALL, headers=theirs)
    limit = 5 * int(first.headers["x-lockstep-bound-tokens"])

    async with api.caller(tenant) as owner:
        await owner.put(f"/budgets/key/{tenant.api_key_id}/day", json={"limit_tokens": limit})
        # the gateway has not read this tenant's limits yet, so that every call is held to it
        while (await models.post("/v1/chat/completions", json=CALL)).status_code == 200:
            continue

        async def listed() -> list[dict[str, Any]]:
            return list((await owner.get("/budget-warnings")).json()["items"])

        await eventually(listed)
        [warning] = await listed()
        day = (await owner.get("/usage", params={"group_by": "day"})).json()["items"][-1]["group"]["day"]
    assert (warning["scope"], warning["scope_id"]) == ("key", str(tenant.api_key_id))
    assert (warning["period"], warning["window"]) == ("day", day)
    assert warning["limit"] == {"tokens": limit, "cost_usd": None}
    assert limit * 4 // 5 <= warning["committed"]["tokens"] <= limit
    async with api.caller(neighbour) as other:
        assert (await other.get("/budget-warnings")).json()["items"] == []


async def test_pages_go_through_all_warnings_once_newest_first(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    scopes = [new_uuid() for _ in range(3)]

    def insert() -> None:
        with scratch.superuser() as connection:
            for number, (minute, scope_id) in enumerate((minute, one) for minute in (1, 2, 2) for one in scopes):
                connection.execute(
                    "INSERT INTO budget_warnings VALUES (%s, 'user', %s, 'day', %s, 'nano_usd', 1000000000, %s, %s)",
                    [tenant.tenant_id, scope_id, f"d{number}", 800_000_000 + number, f"2026-01-01 00:0{minute}Z"],
                )

    await asyncio.to_thread(insert)
    async with api.caller(tenant, role="viewer") as caller:
        seen: list[dict[str, Any]] = []
        asked: dict[str, Any] = {"limit": 2}
        while True:
            page = (await caller.get("/budget-warnings", params=asked)).json()
            seen += page["items"]
            if page["next_cursor"] is None:
                break
            asked["cursor"] = page["next_cursor"]
        problem(await caller.get("/budget-warnings", params={"cursor": "AAAA"}), 400, "invalid_cursor")
    assert {one["window"] for one in seen} == {f"d{number}" for number in range(9)}
    assert len(seen) == 9
    times = [one["warned_at"] for one in seen]
    assert times == sorted(times, reverse=True)
    assert {one["committed"]["cost_usd"] for one in seen} == {dollars(800_000_000 + number) for number in range(9)}
