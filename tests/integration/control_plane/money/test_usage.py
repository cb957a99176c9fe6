"""Usage through the API: exactly what the ledger has, however it is grouped, and nothing of other tenants."""

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.problems import problem
from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant, running_gateway_process
from fixtures.gateways.reconciling import reconcile
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.ledger import events_of, recorded_events
from fixtures.money.ledger_rows import a_ledger_row, a_run_row
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider
from foundation.domain.ids import TaskId, new_uuid
from foundation.domain.money import dollars, nano_usd
from foundation.storage.ledger.usage import Dimension

COLUMN = {
    "tenant": "tenant_id",
    "user": "user_id",
    "api_key": "api_key_id",
    "run": "run_id",
    "provider": "provider",
    "model": "model",
    "route": "route",
    "day": "event_day",
}
FILTER = {"user_id": "user_id", "api_key_id": "api_key_id", "run_id": "run_id"} | {
    name: name for name in ("provider", "model", "route")
}
TOKENS = {
    "input": "input_tokens",
    "cached_input": "cached_input_tokens",
    "cache_write": "cache_write_tokens",
    "output": "output_tokens",
    "reasoning": "reasoning_tokens",
    "total": "total_tokens",
}
CALLS = ("default", "cached-1", "reasoning-1", "fault-no-usage", "fault-status=503+flap=1")


@dataclass
class World:
    """A tenant with calls by its key and by two runs of one task, good and bad, corrected by the provider's report."""

    tenant: Tenant
    task_id: TaskId
    runs: tuple[UUID, UUID]
    events: list[dict[str, Any]]

    def task_of(self, event: dict[str, Any]) -> UUID | None:
        return self.task_id if event["run_id"] in self.runs else None


@pytest.fixture(scope="module")
def scratch() -> Iterator[ScratchDatabase]:
    """A ledger of this module's own, like all below: it is compared with the provider's invoice."""
    yield from scratch_database()


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    yield from running_simulated_provider(tmp_path_factory.mktemp("invoiced"))


@pytest.fixture(scope="module")
def gateway_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path_factory.mktemp("invoiced-redis"))


@pytest.fixture(scope="module")
def gateway(
    tmp_path_factory: pytest.TempPathFactory,
    gateway_redis: RedisServer,
    scratch: ScratchDatabase,
    simulated: SimulatedProvider,
    signing: Signing,
) -> Iterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("invoiced-gateway")
    yield from running_gateway_process(
        folder, redis=gateway_redis, database=scratch, simulated=simulated, signing=signing
    )


@pytest.fixture(scope="module")
async def api(scratch: ScratchDatabase, gateway: GatewayProcess, signing: Signing) -> AsyncIterator[ApiInProcess]:
    async with api_in_process(scratch, gateway_url=gateway.url, signing=signing) as running:
        yield running


@pytest.fixture(scope="module")
async def world(scratch: ScratchDatabase, gateway: GatewayProcess, signing: Signing) -> World:
    tenant, task_id = Tenant().create(scratch), TaskId(new_uuid())
    runs = (a_run_row(scratch, tenant, task_id), a_run_row(scratch, tenant, task_id))
    credentials = [tenant.api_key, *(Step(tenant, signing, run_id=run_id).token() for run_id in runs)]
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as client:
        for credential, model in itertools.product(credentials, CALLS):
            body = {
                "model": model,
                "messages": [{"role": "user", "content": f"hello {credential[-8:]}"}],
                "max_tokens": 60,
            }
            answer = await client.post(
                "/v1/chat/completions", json=body, headers={"authorization": f"Bearer {credential}"}
            )
            assert answer.status_code == 200, answer.text
    await recorded_events(scratch, tenant.tenant_id, count=len(credentials) * (len(CALLS) + 1))
    reconcile(gateway, scratch)
    # a bound charge of each credential was corrected, so that the sums below hold attempts and adjustments
    events = await recorded_events(scratch, tenant.tenant_id, count=len(credentials) * (len(CALLS) + 2))
    assert {event["kind"] for event in events} == {"attempt", "adjustment"}
    _move_to_yesterday(scratch, tenant, events)
    return World(tenant, task_id, runs, events_of(scratch, tenant.tenant_id))


def _move_to_yesterday(database: ScratchDatabase, tenant: Tenant, events: list[dict[str, Any]]) -> None:
    """Every second request happened a day earlier, so that there are days to tell apart."""
    earlier = sorted({event["request_id"] for event in events})[::2]
    with database.superuser() as connection:
        connection.execute(
            "UPDATE llm_events SET event_day = event_day - 1 WHERE tenant_id = %s AND request_id = ANY(%s)",
            [tenant.tenant_id, earlier],
        )


def expected(world: World, by: tuple[str, ...], events: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        values = [world.task_of(event) if name == "task" else event[COLUMN[name]] for name in by]
        groups[tuple(None if value is None else str(value) for value in values)].append(event)
    return {key: summed(members) for key, members in groups.items()}


def summed(events: list[dict[str, Any]]) -> dict[str, Any]:
    attempts = [event for event in events if event["kind"] == "attempt"]
    return {
        "attempts": len(attempts),
        "failures": sum(event["status"] != "succeeded" for event in attempts),
        "bound_charges": sum(event["usage_source"] == "bound" for event in attempts),
        "adjustments": len(events) - len(attempts),
        "tokens": {name: sum(event[column] for event in events) for name, column in TOKENS.items()},
        "cost_usd": dollars(sum(event["cost_nano_usd"] for event in events)),
    }


async def answered(caller: httpx.AsyncClient, by: tuple[str, ...], **params: Any) -> list[dict[str, Any]]:
    """All pages, of three groups each."""
    items: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"group_by": list(by), "limit": 3, **params}
    while True:
        answer = await caller.get("/usage", params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 3
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        asked["cursor"] = page["next_cursor"]


def by_key(by: tuple[str, ...], items: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = [tuple(item["group"][name] for name in by) for item in items]
    assert len(set(keys)) == len(keys), "a group must not come twice"
    assert keys == sorted(keys, key=lambda key: [value or "" for value in key])
    return {key: {name: item[name] for name in item if name != "group"} for key, item in zip(keys, items, strict=True)}


BY = [(one,) for one in map(str, Dimension)] + [
    ("day", "model"),
    ("model", "day"),
    ("run", "task"),
    ("user", "api_key", "route"),
    ("task", "provider", "day"),
]


@pytest.mark.parametrize("by", BY, ids="+".join)
async def test_each_group_is_the_exact_sum_of_its_events(api: ApiInProcess, world: World, by: tuple[str, ...]) -> None:
    async with api.caller(world.tenant, role="viewer") as caller:
        found = by_key(by, await answered(caller, by))
    wanted = expected(world, by, world.events)
    assert found == wanted
    assert sum(nano_usd(group["cost_usd"]) for group in found.values()) == sum(
        event["cost_nano_usd"] for event in world.events
    )


@pytest.mark.parametrize("name", [*FILTER, "task_id"])
async def test_a_filter_leaves_the_events_that_have_its_value(api: ApiInProcess, world: World, name: str) -> None:
    column = FILTER.get(name)
    values = {event[column] for event in world.events} if column else {world.task_id}
    async with api.caller(world.tenant) as caller:
        for value in values - {None}:
            left = [event for event in world.events if (event[column] if column else world.task_of(event)) == value]
            found = by_key(("model",), await answered(caller, ("model",), **{name: str(value)}))
            assert found == expected(world, ("model",), left)
        nobody = "nobody" if name in {"provider", "model", "route"} else str(uuid4())
        assert await answered(caller, ("model",), **{name: nobody}) == []


async def test_days_are_the_tenants_and_both_ends_count(api: ApiInProcess, world: World) -> None:
    days = sorted({event["event_day"] for event in world.events})
    assert len(days) > 1
    async with api.caller(world.tenant) as caller:
        for first, last in itertools.combinations_with_replacement(days, 2):
            left = [event for event in world.events if first <= event["event_day"] <= last]
            found = by_key(("day",), await answered(caller, ("day",), **{"from": str(first), "to": str(last)}))
            assert found == expected(world, ("day",), left)
        before = str(days[0] - timedelta(days=1))
        assert await answered(caller, ("day",), **{"from": before, "to": before}) == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_without_a_last_day_it_is_today_where_the_tenant_is(
    api: ApiInProcess, scratch: ScratchDatabase, zone: str
) -> None:
    """25 hours lie between the two, so that one of them has another day than UTC."""
    tenant = Tenant().create(scratch)
    async with api.caller(tenant) as owner:
        changed = await owner.patch(f"/tenants/{tenant.tenant_id}", json={"time_zone": zone})
        assert changed.status_code == 200, changed.text
        before = datetime.now(ZoneInfo(zone)).date()
        page = (await owner.get("/usage", params={"group_by": "day"})).json()
        assert before.isoformat() <= page["last_day"] <= datetime.now(ZoneInfo(zone)).date().isoformat()
        assert date.fromisoformat(page["last_day"]) - date.fromisoformat(page["first_day"]) == timedelta(days=31)


async def test_a_request_is_told_whole_and_its_total_is_the_sum_of_its_events(api: ApiInProcess, world: World) -> None:
    requests: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for event in world.events:
        requests[event["request_id"]].append(event)
    assert {len(events) for events in requests.values()} == {1, 2}
    async with api.caller(world.tenant, role="viewer") as caller:
        for request_id, events in requests.items():
            told = (await caller.get(f"/usage/requests/{request_id}")).raise_for_status().json()
            assert told["total_cost_usd"] == dollars(sum(event["cost_nano_usd"] for event in events))
            assert told["total_tokens"] == sum(event["total_tokens"] for event in events)
            assert sum(nano_usd(one["cost_usd"]) for one in told["events"]) == nano_usd(told["total_cost_usd"])
            by_id = {str(event["event_id"]): event for event in events}
            assert {one["id"] for one in told["events"]} == set(by_id)
            for one in told["events"]:
                event = by_id[one["id"]]
                same = {"kind", "attempt", "reason", "provider", "model", "status", "usage_source", "price_version"}
                same |= {"first_token_ms", "latency_ms", "http_status", "error_code", "bound_tokens"}
                assert {name: one[name] for name in same} == {name: event[name] for name in same}
                assert one["tokens"] == {name: event[column] for name, column in TOKENS.items()}
            order = [(one["attempt"], one["kind"] == "adjustment") for one in told["events"]]
            assert order == sorted(order)


async def test_a_neighbour_sees_none_of_it(api: ApiInProcess, world: World, tenant: Tenant) -> None:
    request_id = world.events[0]["request_id"]
    async with api.caller(tenant) as neighbour:
        for by in BY:
            assert await answered(neighbour, by) == []
        for name, value in (("run_id", world.runs[0]), ("task_id", world.task_id), ("user_id", world.tenant.user_id)):
            assert await answered(neighbour, ("tenant",), **{name: str(value)}) == []
        problem(await neighbour.get(f"/usage/requests/{request_id}"), 404, "not_found")
    async with api.caller(world.tenant) as owner:
        assert (await owner.get(f"/usage/requests/{request_id}")).status_code == 200


BAD: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "nothing to group by": ({}, "bad_request", "/query/group_by"),
    "four dimensions": ({"group_by": ["day", "model", "run", "user"]}, "bad_request", "/query/group_by"),
    "an unknown dimension": ({"group_by": ["colour"]}, "bad_request", "/query/group_by/0"),
    "one of them twice": ({"group_by": ["day", "day"]}, "bad_request", "/query/group_by"),
    "a day that is none": ({"group_by": ["day"], "from": "2026-02-30"}, "bad_request", "/query/from"),
    "an end before the beginning": (
        {"group_by": ["day"], "from": "2026-02-02", "to": "2026-02-01"},
        "bad_request",
        "/query/from",
    ),
    "more than a year": ({"group_by": ["day"], "from": "2025-01-01", "to": "2026-06-01"}, "bad_request", "/query/from"),
    "the first day of all": ({"group_by": ["day"], "to": str(date.min)}, "bad_request", "/query/to"),
    "a run that is no id": ({"group_by": ["day"], "run_id": "7"}, "bad_request", "/query/run_id"),
    "a model with a zero": ({"group_by": ["day"], "model": "a\0b"}, "bad_request", "/query/model"),
    "a page of none": ({"group_by": ["day"], "limit": 0}, "bad_request", "/query/limit"),
    "a cursor of another's making": ({"group_by": ["day"], "cursor": "AAAA"}, "invalid_cursor", None),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_question_that_means_nothing_is_refused_with_its_place(
    api: ApiInProcess, tenant: Tenant, case: str
) -> None:
    params, code, pointer = BAD[case]
    async with api.caller(tenant) as owner:
        problem(await owner.get("/usage", params=params), 400, code, pointer=pointer)


async def test_a_cursor_of_another_grouping_is_refused(api: ApiInProcess, world: World) -> None:
    async with api.caller(world.tenant) as owner:
        page = (await owner.get("/usage", params={"group_by": ["day", "model"], "limit": 1})).json()
        other = {"group_by": ["day"], "cursor": page["next_cursor"]}
        problem(await owner.get("/usage", params=other), 400, "invalid_cursor")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("by", [("day", "model"), ("run", "task"), ("user",)], ids="+".join)
async def test_csv_has_all_groups_to_the_nano_dollar(api: ApiInProcess, world: World, by: tuple[str, ...]) -> None:
    async with api.caller(world.tenant, role="viewer") as caller:
        answer = await caller.get("/usage", params={"group_by": list(by), "format": "csv", "limit": 1})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="usage-')
    found = {tuple(row[name] or None for name in by): row for row in rows_of(answer.text)}
    wanted = expected(world, by, world.events)
    assert set(found) == set(wanted)
    for key, sums in wanted.items():
        assert found[key]["cost_usd"] == sums["cost_usd"]
        assert [int(found[key][f"{name}_tokens"]) for name in TOKENS] == list(sums["tokens"].values())


async def test_a_model_that_is_a_formula_is_a_text_in_csv_and_a_negative_sum_a_number(
    api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    day = date(2026, 1, 2)
    for model in ('=HYPERLINK("http://evil.example")', "+1", "-1", "@a", "a,b"):
        row = a_ledger_row(scratch, tenant, day=day, cost=10, model=model)
        a_ledger_row(scratch, tenant, day=day, cost=-12, tokens=-11, model=model, adjusts=row)
    async with api.caller(tenant) as caller:
        params = {"group_by": "model", "format": "csv", "from": str(day), "to": str(day)}
        rows = rows_of((await caller.get("/usage", params=params)).text)
    assert {row["model"] for row in rows} == {'\'=HYPERLINK("http://evil.example")', "'+1", "'-1", "'@a", "a,b"}
    assert {(row["cost_usd"], row["total_tokens"]) for row in rows} == {("-0.000000002", "-1")}


async def test_csv_has_no_pages(api: ApiInProcess, world: World) -> None:
    async with api.caller(world.tenant) as owner:
        page = (await owner.get("/usage", params={"group_by": "day", "limit": 1})).json()
        params = {"group_by": "day", "format": "csv", "cursor": page["next_cursor"]}
        problem(await owner.get("/usage", params=params), 400, "bad_request", pointer="/query/cursor")
