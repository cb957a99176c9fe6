"""Limits and the budget policy: what a tenant sets reaches its settings whole, and the gateway in its shape."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

CALL: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
LIMITS: dict[str, Any] = {
    "tenant": {"requests_a_minute": 600, "request_burst": 10, "tokens_a_minute": 1000, "token_burst": 5, "at_once": 3},
    "user": {"requests_a_minute": None},
}
POLICY: dict[str, Any] = {
    "bounds": {"mode": "estimate", "margin": "1.25", "typical_output": 200},
    "redis_away": {"policy": "bounded_local", "tokens": 1000, "usd": "0.5"},
}


def settings(database: ScratchDatabase, tenant: Tenant) -> Any:
    with database.superuser() as connection:
        [row] = connection.execute("SELECT settings FROM tenants WHERE tenant_id = %s", [tenant.tenant_id]).fetchall()
    return row[0]


def set_by_hand(database: ScratchDatabase, tenant: Tenant, value: dict[str, Any]) -> None:
    with database.superuser() as connection:
        connection.execute(
            "UPDATE tenants SET settings = %s WHERE tenant_id = %s", [json.dumps(value), tenant.tenant_id]
        )


async def test_limits_are_read_as_they_were_set_and_the_other_settings_stay(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    set_by_hand(scratch, tenant, {"colour": "red"})
    async with api.caller(tenant) as owner:
        assert (await owner.get("/limits")).json() == {}
        for limits in (LIMITS, {"key": {"at_once": 1}}):
            put = await owner.put("/limits", json=limits)
            assert (put.status_code, put.json()) == (200, limits)
            assert (await owner.get("/limits")).json() == limits
            assert settings(scratch, tenant) == {"colour": "red", "limits": limits}
        for _ in range(2):
            assert (await owner.delete("/limits")).status_code == 204
        assert settings(scratch, tenant) == {"colour": "red"}
    told = [(action, detail) for _, action, _, detail in audited()]
    assert told == [
        ("limits.put", {"before": {"limits": None}, "set": {"limits": LIMITS}}),
        ("limits.put", {"before": {"limits": LIMITS}, "set": {"limits": {"key": {"at_once": 1}}}}),
        ("limits.delete", {"before": {"limits": {"key": {"at_once": 1}}}}),
    ]


BAD_LIMITS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown scope": ({"team": {}}, "/body/team"),
    "an unknown limit": ({"user": {"requests_a_day": 1}}, "/body/user/requests_a_day"),
    "none at all": ({"user": {"requests_a_minute": 0}}, "/body/user/requests_a_minute"),
    "a text": ({"user": {"requests_a_minute": "5"}}, "/body/user/requests_a_minute"),
    "a negative burst": ({"tenant": {"request_burst": -1}}, "/body/tenant/request_burst"),
    "too many at once": ({"key": {"at_once": 10_001}}, "/body/key/at_once"),
}


@pytest.mark.parametrize("case", BAD_LIMITS)
async def test_limits_that_the_gateway_could_not_read_are_refused_with_their_place(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, case: str
) -> None:
    body, pointer = BAD_LIMITS[case]
    async with api.caller(tenant) as owner:
        problem(await owner.put("/limits", json=body), 400, "bad_request", pointer=pointer)
    assert settings(scratch, tenant) == {}


async def test_the_gateway_holds_to_limits_soon_after_they_were_set(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient
) -> None:
    async def answered(status: int) -> bool:
        return (await models.post("/v1/chat/completions", json=CALL)).status_code == status

    assert await answered(200)
    async with api.caller(tenant) as owner:
        await owner.put("/limits", json={"tenant": {"requests_a_minute": 1}})
        await eventually(lambda: answered(429))
        await owner.put("/limits", json={"tenant": {"requests_a_minute": None}})
        await eventually(lambda: answered(200))


async def test_the_policy_is_replaced_whole_and_what_is_left_out_is_as_shipped(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    shipped = {"bounds": None, "redis_away": None}
    set_by_hand(scratch, tenant, {"limits": LIMITS})
    async with api.caller(tenant) as owner:
        assert (await owner.get("/budget-policy")).json() == shipped
        put = await owner.put("/budget-policy", json=POLICY)
        assert (put.status_code, put.json()) == (200, POLICY)
        assert settings(scratch, tenant) == {"limits": LIMITS, **POLICY}
        await owner.put("/budget-policy", json={"redis_away": {"policy": "open"}})
        assert settings(scratch, tenant) == {"limits": LIMITS, "redis_away": {"policy": "open"}}
        assert (await owner.get("/budget-policy")).json()["redis_away"]["policy"] == "open"
        for _ in range(2):
            assert (await owner.delete("/budget-policy")).status_code == 204
        assert (await owner.get("/budget-policy")).json() == shipped
    assert settings(scratch, tenant) == {"limits": LIMITS}
    told = [(action, detail) for _, action, _, detail in audited()]
    assert told == [
        ("budget_policy.put", {"before": {"bounds": None, "redis_away": None}, "set": POLICY}),
        ("budget_policy.put", {"before": POLICY, "set": {"redis_away": {"policy": "open"}}}),
        ("budget_policy.delete", {"before": {"bounds": None, "redis_away": {"policy": "open"}}}),
    ]


async def test_the_egress_policy_is_null_until_it_is_set_and_again_when_it_is_deleted(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with api.caller(tenant) as owner:
        assert (await owner.get("/egress-policy")).json() == {"hosts": None}
        put = await owner.put("/egress-policy", json={"hosts": ["Api.Example.com", "*.example.org"]})
        assert (put.status_code, put.json()) == (200, {"hosts": ["api.example.com", "*.example.org"]})
        assert (await owner.get("/egress-policy")).json() == put.json()
        assert (await owner.delete("/egress-policy")).status_code == 204
        assert (await owner.get("/egress-policy")).json() == {"hosts": None}
        problem(
            await owner.put("/egress-policy", json={"hosts": ["*.com"]}), 400, "bad_request", pointer="/body/hosts/0"
        )
    assert [action for _, action, _, _ in audited()] == ["egress_policy.put", "egress_policy.delete"]


@pytest.mark.parametrize("body", [{}, {"hosts": None}, {"hosts": ["a.example", "A.example"]}])
async def test_only_a_deletion_opens_every_host(api: ApiInProcess, tenant: Tenant, body: dict[str, Any]) -> None:
    async with api.caller(tenant) as owner:
        await owner.put("/egress-policy", json={"hosts": ["b.example"]})
        problem(await owner.put("/egress-policy", json=body), 400, "bad_request", pointer="/body/hosts")
        assert (await owner.get("/egress-policy")).json() == {"hosts": ["b.example"]}


BAD_POLICIES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown mode": ({"bounds": {"mode": "loose"}}, "/body/bounds/mode"),
    "a margin below one": ({"bounds": {"margin": "0.9"}}, "/body/bounds/margin"),
    "a margin that is no number": ({"bounds": {"margin": "NaN"}}, "/body/bounds/margin"),
    "an allowance without its policy": ({"redis_away": {"policy": "open", "tokens": 1}}, "/body/redis_away"),
    "half an allowance": ({"redis_away": {"policy": "bounded_local", "tokens": 1}}, "/body/redis_away"),
    "a negative allowance": (
        {"redis_away": {"policy": "bounded_local", "tokens": 1, "usd": "-1"}},
        "/body/redis_away/usd",
    ),
}


@pytest.mark.parametrize("case", BAD_POLICIES)
async def test_a_policy_that_cannot_be_is_refused_with_its_place(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, case: str
) -> None:
    body, pointer = BAD_POLICIES[case]
    async with api.caller(tenant) as owner:
        problem(await owner.put("/budget-policy", json=body), 400, "bad_request", pointer=pointer)
    assert settings(scratch, tenant) == {}


@pytest.mark.parametrize(
    ("path", "member"), [("/limits", "limits"), ("/budget-policy", "bounds"), ("/egress-policy", "egress")]
)
async def test_what_was_written_by_hand_and_cannot_be_read_is_a_conflict_that_a_put_mends(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, path: str, member: str
) -> None:
    set_by_hand(scratch, tenant, {member: {"nonsense": 1}})
    async with api.caller(tenant) as owner:
        problem(await owner.get(path), 409, "conflict")
        body: dict[str, Any] = {"hosts": []} if member == "egress" else {}
        assert (await owner.put(path, json=body)).status_code == 200
        assert (await owner.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/limits", "/budget-policy", "/egress-policy"])
async def test_only_administrators_change_them_and_only_their_own_tenants(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, path: str
) -> None:
    body = {"/limits": LIMITS, "/budget-policy": POLICY, "/egress-policy": {"hosts": ["a.example"]}}[path]
    neighbour = Tenant().create(scratch)
    for role, status in (("viewer", 403), ("member", 403), ("admin", 200)):
        async with api.caller(tenant, role=role) as caller:
            assert (await caller.get(path)).status_code == 200
            assert (await caller.put(path, json=body)).status_code == status
            assert (await caller.delete(path)).status_code == (204 if status == 200 else 403)
    async with api.caller(tenant) as owner:
        await owner.put(path, json=body)
    assert settings(scratch, tenant) != {}
    assert settings(scratch, neighbour) == {}


def test_the_apis_login_changes_what_it_may_and_of_its_tenant_alone(tenant: Tenant, scratch: ScratchDatabase) -> None:
    neighbour = Tenant().create(scratch)
    change = "UPDATE tenants SET settings = %s WHERE tenant_id = %s"
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(tenant.tenant_id)])
        assert connection.execute(change, ["{}", neighbour.tenant_id]).rowcount == 0
        assert connection.execute(change, ["{}", tenant.tenant_id]).rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE tenants SET created_at = now() WHERE tenant_id = %s", [tenant.tenant_id])
