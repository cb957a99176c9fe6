"""Budgets set through the API: what may be set, who may, and that the gateway holds to it."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
import redis

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import as_field, over
from fixtures.money.ledger import events_of, recorded_events
from fixtures.tags import version_of
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import dollars, nano_usd
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts
from llm_gateway.budget.redis import keys

CALL: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
WIDTH = {"window_seconds": 3600}


def paths(tenant: Tenant) -> dict[str, str]:
    return {
        "tenant": f"/budgets/tenant/{tenant.tenant_id}",
        "user": f"/budgets/user/{tenant.user_id}",
        "key": f"/budgets/key/{tenant.api_key_id}",
    }


async def call(models: httpx.AsyncClient) -> httpx.Response:
    return await models.post("/v1/chat/completions", json=CALL)


@pytest.mark.parametrize("scope", ["tenant", "user", "key"])
@pytest.mark.parametrize("period", ["day", "month", "total", "rolling"])
async def test_a_budget_is_created_replaced_and_deleted_and_each_change_is_audited(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]], scope: str, period: str
) -> None:
    path = f"{paths(tenant)[scope]}/{period}"
    width = WIDTH if period == "rolling" else {}
    async with api.caller(tenant) as owner:
        created = await owner.put(path, json={"limit_tokens": 1000, "cost_usd": "1.000000001", **width})
        assert (created.status_code, version_of(created)) == (201, '"1"')
        replaced = await owner.put(path, json={"cost_usd": "0", **width})
        assert (replaced.status_code, version_of(replaced)) == (200, '"2"')
        read = await owner.get(path)
        assert version_of(read) == '"2"'
        assert {name: read.json()[name] for name in replaced.json()} == replaced.json()
        assert (read.json()["limit_tokens"], read.json()["cost_usd"]) == (None, "0")
        assert read.json()["window_seconds"] == width.get("window_seconds")
        assert (await owner.delete(path)).status_code == 204
        problem(await owner.get(path), 404, "not_found")
        problem(await owner.delete(path), 404, "not_found")
    actor, target = f"user:{tenant.user_id}", path.removeprefix("/budgets/")
    window = width.get("window_seconds")
    first = {"limit_tokens": 1000, "limit_nano_usd": 1_000_000_001, "window_seconds": window, "version": 1}
    second = {"limit_tokens": None, "limit_nano_usd": 0, "window_seconds": window, "version": 2}
    assert audited() == [
        (actor, "budget.put", target, first),
        (actor, "budget.put", target, second),
        (actor, "budget.delete", target, {}),
    ]


async def test_a_stale_etag_changes_nothing(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    path = f"{paths(tenant)['tenant']}/day"
    async with api.caller(tenant) as owner:
        absent = await owner.put(path, json={"limit_tokens": 1}, headers={"If-Match": '"1"'})
        problem(absent, 412, "version_mismatch")
        await owner.put(path, json={"limit_tokens": 1})
        seen = {"If-Match": '"1"'}
        assert version_of(await owner.put(path, json={"limit_tokens": 2}, headers=seen)) == '"2"'
        for stale in (seen, {"If-Match": f'"{10**17}"'}):
            problem(await owner.put(path, json={"limit_tokens": 3}, headers=stale), 412, "version_mismatch")
            problem(await owner.delete(path, headers=stale), 412, "version_mismatch")
        problem(await owner.delete(path, headers={b"If-Match": "²".encode("latin-1")}), 400, "bad_request")
        assert (await owner.get(path)).json()["limit_tokens"] == 2
        assert (await owner.delete(path, headers={"If-Match": '"2"'})).status_code == 204
    assert [action for _, action, _, _ in audited()] == ["budget.put", "budget.put", "budget.delete"]


async def test_of_changes_at_once_that_have_seen_the_same_version_one_is_made(
    api: ApiInProcess, tenant: Tenant
) -> None:
    path = f"{paths(tenant)['tenant']}/day"
    async with api.caller(tenant) as owner:
        made = await asyncio.gather(*(owner.put(path, json={"limit_tokens": 1}) for _ in range(3)))
        assert sorted(version_of(answer) for answer in made) == ['"1"', '"2"', '"3"']
        assert sorted(answer.status_code for answer in made) == [200, 200, 201]
        await owner.delete(path)
        seen = {"If-Match": (await owner.put(path, json={"limit_tokens": 1})).headers["etag"]}
        changes = [owner.put(path, json={"limit_tokens": number}, headers=seen) for number in range(2, 6)]
        assert sorted(answer.status_code for answer in await asyncio.gather(*changes)) == [200, 412, 412, 412]
        assert (await owner.get(path)).json()["version"] == 5


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no limit at all": ("day", {}, "/body"),
    "both null": ("day", {"limit_tokens": None, "cost_usd": None}, "/body"),
    "negative tokens": ("day", {"limit_tokens": -1}, "/body/limit_tokens"),
    "tokens above the largest": ("day", {"limit_tokens": 9 * 10**15 + 1}, "/body/limit_tokens"),
    "tokens as a text": ("day", {"limit_tokens": "5"}, "/body/limit_tokens"),
    "half a token": ("day", {"limit_tokens": 0.5}, "/body/limit_tokens"),
    "a truth": ("day", {"limit_tokens": True}, "/body/limit_tokens"),
    "money as a number": ("day", {"cost_usd": 1}, "/body/cost_usd"),
    "money as a float": ("day", {"cost_usd": 1.5}, "/body/cost_usd"),
    "negative money": ("day", {"cost_usd": "-1"}, "/body/cost_usd"),
    "finer than a nano-dollar": ("day", {"cost_usd": "0.0000000001"}, "/body/cost_usd"),
    "finer than a Decimal's digits": ("day", {"cost_usd": "1.0000000000000000000000000000001"}, "/body/cost_usd"),
    "an exponent": ("day", {"cost_usd": "1e3"}, "/body/cost_usd"),
    "digits of another script": ("day", {"cost_usd": "１"}, "/body/cost_usd"),
    "not a number": ("day", {"cost_usd": "NaN"}, "/body/cost_usd"),
    "money above the largest": ("day", {"cost_usd": "9000000.000000001"}, "/body/cost_usd"),
    "an unknown member": ("day", {"limit_tokens": 1, "tokens": 2}, "/body/tokens"),
    "a rolling one without a width": ("rolling", {"limit_tokens": 1}, "/body/window_seconds"),
    "a width too small": ("rolling", {"limit_tokens": 1, "window_seconds": 3599}, "/body/window_seconds"),
    "a width too large": ("rolling", {"limit_tokens": 1, "window_seconds": 2_678_401}, "/body/window_seconds"),
    "a width of a day's": ("day", {"limit_tokens": 1, "window_seconds": 3600}, "/body/window_seconds"),
    "an unknown period": ("week", {"limit_tokens": 1}, "/path/period"),
}


@pytest.mark.parametrize("case", BAD)
async def test_what_cannot_be_a_budget_is_refused_with_its_place(api: ApiInProcess, tenant: Tenant, case: str) -> None:
    period, body, pointer = BAD[case]
    async with api.caller(tenant) as owner:
        answer = await owner.put(f"{paths(tenant)['tenant']}/{period}", json=body)
        problem(answer, 400, "bad_request", pointer=pointer)
        assert (await owner.get("/budgets")).json()["items"] == []


@pytest.mark.parametrize(
    ("period", "body", "words"),
    [
        ("day", {}, "limit_tokens, cost_usd or both"),
        ("day", {"cost_usd": 1.5}, 'write an amount of dollars as a string, like "1.50"'),
        ("day", {"cost_usd": "-1"}, "an amount of dollars cannot be negative"),
        ("day", {"cost_usd": "1e3"}, "write digits, and at most nine behind a point"),
        ("rolling", {"limit_tokens": 1}, "needs window_seconds"),
    ],
)
async def test_what_is_wrong_with_a_budget_is_told_by_the_members_that_it_has(
    api: ApiInProcess, tenant: Tenant, period: str, body: dict[str, Any], words: str
) -> None:
    async with api.caller(tenant) as owner:
        answer = await owner.put(f"{paths(tenant)['tenant']}/{period}", json=body)
        [error] = answer.json()["errors"]
        assert words in error["detail"]


@pytest.mark.parametrize("body", [{"limit_tokens": 9 * 10**15}, {"cost_usd": "9000000"}, {"limit_tokens": 0}])
async def test_the_largest_and_the_smallest_limit_are_taken(
    api: ApiInProcess, tenant: Tenant, body: dict[str, Any]
) -> None:
    path = f"{paths(tenant)['tenant']}/total"
    async with api.caller(tenant) as owner:
        assert (await owner.put(path, json=body)).status_code == 201
        assert body.items() <= (await owner.get(path)).json().items()


async def test_a_scope_that_is_not_the_tenants_does_not_exist(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    theirs = paths(neighbour)
    async with api.caller(neighbour) as other:
        for path in theirs.values():
            assert (await other.put(f"{path}/day", json={"limit_tokens": 7})).status_code == 201
    unknown = [f"/budgets/{scope}/{uuid4()}" for scope in ("tenant", "user", "key")]
    async with api.caller(tenant) as owner:
        for path in [*theirs.values(), *unknown]:
            problem(await owner.get(path), 404, "not_found")
            problem(await owner.get(f"{path}/day"), 404, "not_found")
            problem(await owner.put(f"{path}/day", json={"limit_tokens": 1}), 404, "not_found")
            problem(await owner.delete(f"{path}/day"), 404, "not_found")
        assert (await owner.get("/budgets")).json()["items"] == []
    async with api.caller(neighbour) as other:
        assert [item["limit_tokens"] for item in (await other.get("/budgets")).json()["items"]] == [7, 7, 7]


async def test_the_budget_of_a_member_who_has_left_is_read_replaced_and_deleted_and_no_other_is_made(
    api: ApiInProcess, tenant: Tenant
) -> None:
    path = f"/budgets/user/{api.member(tenant, role='viewer')}"
    async with api.caller(tenant) as owner:
        assert (await owner.put(f"{path}/day", json={"limit_tokens": 5})).status_code == 201
        assert (await owner.delete(path.replace("/budgets/user", "/members"))).status_code == 204
        assert (await owner.get(f"{path}/day")).json()["limit_tokens"] == 5
        replaced = await owner.put(f"{path}/day", json={"limit_tokens": 6})
        assert (replaced.status_code, replaced.json()["limit_tokens"]) == (200, 6)
        problem(await owner.put(f"{path}/month", json={"limit_tokens": 5}), 404, "not_found")
        assert (await owner.delete(f"{path}/day")).status_code == 204
        problem(await owner.put(f"{path}/day", json={"limit_tokens": 5}), 404, "not_found")


async def test_who_may_only_read_changes_nothing(api: ApiInProcess, tenant: Tenant) -> None:
    path = f"{paths(tenant)['tenant']}/day"
    for role, status in (("viewer", 403), ("member", 403), ("admin", 201)):
        async with api.caller(tenant, role=role) as caller:
            assert (await caller.get("/budgets")).status_code == 200
            assert (await caller.put(path, json={"limit_tokens": 1})).status_code == status
            assert (await caller.delete(path)).status_code == (204 if status == 201 else 403)


async def test_pages_go_through_all_budgets_once(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as owner:
        names = set()
        for scope, path in paths(tenant).items():
            for period in ("day", "month", "rolling", "total"):
                width = WIDTH if period == "rolling" else {}
                await owner.put(f"{path}/{period}", json={"limit_tokens": 1, **width})
                names.add((scope, period))
        seen: list[tuple[str, str]] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await owner.get("/budgets", params={"limit": 5, **cursor})).json()
            seen += [(item["scope"], item["period"]) for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == 12
        assert set(seen) == names
        of_key = (await owner.get(paths(tenant)["key"])).json()["items"]
        assert [item["period"] for item in of_key] == ["day", "month", "rolling", "total"]
        for forged in ("AAAA", cursor["cursor"][:-3]):
            problem(await owner.get("/budgets", params={"cursor": forged}), 400, "invalid_cursor")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_what_is_committed_held_and_left_is_the_ledgers_on_the_tenants_days(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient, scratch: ScratchDatabase, zone: str
) -> None:
    """Whatever the hour, it is another day than in UTC in one of the zones."""
    with scratch.superuser() as connection:
        connection.execute("UPDATE tenants SET time_zone = %s WHERE tenant_id = %s", [zone, tenant.tenant_id])
    limits = {"limit_tokens": 100_000, "cost_usd": "1"}
    async with api.caller(tenant) as owner:
        for path in paths(tenant).values():
            for period in ("day", "month", "rolling", "total"):
                width = WIDTH if period == "rolling" else {}
                await owner.put(f"{path}/{period}", json=limits | width)
        fresh = (await owner.get("/budgets")).json()["items"]
        nothing = {"tokens": 0, "cost_usd": "0"}
        assert all(item["now"]["committed"] == item["now"]["held"] == nothing for item in fresh)
        assert all(item["now"]["left"] == {"tokens": 100_000, "cost_usd": "1"} for item in fresh)
        for _ in range(3):
            assert (await call(models)).status_code == 200
        events = await recorded_events(scratch, tenant.tenant_id, count=3)
        tokens = sum(event["total_tokens"] for event in events)
        nanos = sum(event["cost_nano_usd"] for event in events)
        assert tokens > 0
        assert nanos > 0
        items = (await owner.get("/budgets")).json()["items"]
    assert len(items) == 12
    for item in items:
        assert item["now"]["committed"] == {"tokens": tokens, "cost_usd": dollars(nanos)}, item
        assert item["now"]["held"] == nothing
        assert item["now"]["left"] == {"tokens": 100_000 - tokens, "cost_usd": dollars(nano_usd("1") - nanos)}


async def test_a_window_that_is_over_counts_no_more(
    api: ApiInProcess,
    tenant: Tenant,
    models: httpx.AsyncClient,
    scratch: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    path = paths(tenant)["tenant"]
    for _ in range(2):
        assert (await call(models)).status_code == 200
    [first, second] = await recorded_events(scratch, tenant.tenant_id, count=2)

    async def committed(owner: httpx.AsyncClient) -> dict[str, int]:
        items = (await owner.get(path)).json()["items"]
        return {item["period"]: item["now"]["committed"]["tokens"] for item in items}

    async with api.caller(tenant) as owner:
        for period in ("day", "month", "rolling", "total"):
            await owner.put(f"{path}/{period}", json={"limit_tokens": 1, **(WIDTH if period == "rolling" else {})})
        both = first["total_tokens"] + second["total_tokens"]
        assert await committed(owner) == dict.fromkeys(("day", "month", "rolling", "total"), both)
        scope = keys.scope(keys.bucket_of(tenant.tenant_id), tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
        with contextlib.closing(redis.Redis(port=gateway_redis.port)) as client:
            client.hset(scope, FIELD, as_field(over(ScopeCounts.read(client.hget(scope, FIELD)))))
        with scratch.superuser() as connection:
            aside = "UPDATE llm_events SET settled_at = settled_at - interval '61 minutes' WHERE event_id = %s"
            connection.execute(aside, [first["event_id"]])
        assert await committed(owner) == {"day": 0, "month": 0, "rolling": second["total_tokens"], "total": both}
        with scratch.superuser() as connection:
            # a correction belongs to the time of what it corrects
            corrects = "UPDATE llm_events SET kind = 'adjustment', adjusts_event_id = %s WHERE event_id = %s"
            connection.execute(corrects, [first["event_id"], second["event_id"]])
        assert (await committed(owner))["rolling"] == 0


async def test_what_is_held_by_a_call_in_flight_is_shown_and_is_not_left(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient
) -> None:
    path = f"{paths(tenant)['user']}/month"
    slow = {**CALL, "model": "fault-chunks=4+delay=0.5", "stream": True}
    async with api.caller(tenant) as owner:
        await owner.put(path, json={"limit_tokens": 100_000})
        async with models.stream("POST", "/v1/chat/completions", json=slow) as answer:
            bound = int(answer.headers["x-lockstep-bound-tokens"])
            now = (await owner.get(path)).json()["now"]
            await answer.aread()
        assert now["held"]["tokens"] == bound
        assert now["left"] == {"tokens": 100_000 - bound, "cost_usd": None}
        assert (await owner.get(path)).json()["now"]["held"]["tokens"] == 0


async def test_a_lowered_limit_leaves_nothing_and_never_less(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient
) -> None:
    path = f"{paths(tenant)['tenant']}/total"
    async with api.caller(tenant) as owner:
        assert (await call(models)).status_code == 200
        await owner.put(path, json={"limit_tokens": 1, "cost_usd": "0"})
        now = (await owner.get(path)).json()["now"]
    assert now["committed"]["tokens"] > 1
    assert now["left"] == {"tokens": 0, "cost_usd": "0"}


@pytest.mark.parametrize("scope", ["tenant", "user", "key"])
async def test_the_gateway_holds_to_a_budget_soon_after_it_was_set_and_forgets_one_that_was_deleted(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient, scratch: ScratchDatabase, scope: str
) -> None:
    path = f"{paths(tenant)[scope]}/day"
    assert (await call(models)).status_code == 200

    async def answered(status: int) -> bool:
        return (await call(models)).status_code == status

    async with api.caller(tenant) as owner:
        assert (await owner.put(path, json={"cost_usd": "0"})).status_code == 201
        await eventually(lambda: answered(402))
        refused = (await call(models)).json()["error"]
        assert (refused["code"], refused["scope"]) == ("budget_exceeded", scope)
        before = len(events_of(scratch, tenant.tenant_id))
        await owner.delete(path)
        await eventually(lambda: answered(200))
    await recorded_events(scratch, tenant.tenant_id, count=before + 1)


async def test_budgets_are_read_and_changed_while_the_gateway_is_away(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    path = f"{paths(tenant)['tenant']}/day"
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.put(path, json={"limit_tokens": 5})).status_code == 201
        read = await owner.get(path)
        assert (read.status_code, read.json()["limit_tokens"], read.json()["now"]) == (200, 5, None)
        assert [item["now"] for item in (await owner.get("/budgets")).json()["items"]] == [None]
