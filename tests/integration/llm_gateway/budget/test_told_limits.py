"""Every answer says how long it might have been; nobody's is cut by a limit that nobody named or told."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.gateways.reconciling import reconcile_tenant
from fixtures.gateways.wires import STREAMING, Wire, body_of, headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import charged, recorded_events
from fixtures.providers.simulated import SimulatedProvider
from foundation.contracts.gateway.ledger import ScopeKind

TOLD = "x-lockstep-max-output-tokens"
LONG = "fault-chunks=24000+delay=0"
NAMES = {Wire.CHAT: "max_tokens", Wire.MESSAGES: "max_tokens", Wire.RESPONSES: "max_output_tokens"}


def without_limit(wire: Wire, model: str, *, streamed: bool = False) -> dict[str, Any]:
    body = body_of(wire, model, streamed=streamed)
    del body[NAMES[wire]]
    return body


async def post(http: httpx.AsyncClient, tenant: Tenant, wire: Wire, body: dict[str, Any]) -> httpx.Response:
    return await http.post(wire.path, json=body, headers=headers_of(tenant))


@pytest.mark.parametrize("wire", [Wire.CHAT, Wire.RESPONSES])
async def test_an_answer_without_a_limit_may_be_as_long_as_the_model_can(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire
) -> None:
    answer = await post(client, tenant, wire, without_limit(wire, LONG))
    document = answer.json()
    ended = document["choices"][0]["finish_reason"] if wire is Wire.CHAT else document["status"]
    assert (ended, answer.headers[TOLD]) == ("stop" if wire is Wire.CHAT else "completed", "32768")
    usage = document["usage"]
    assert usage.get("completion_tokens", usage.get("output_tokens")) > 4096


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("wire", STREAMING)
async def test_a_limit_that_was_named_is_told_as_it_was_named(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, *, streamed: bool
) -> None:
    answer = await post(client, tenant, wire, body_of(wire, "default", streamed=streamed, most=77))
    assert (answer.status_code, answer.headers[TOLD]) == (200, "77")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("limit", [{"tokens": 5000}, {"nano_usd": 3_000_000}], ids=["tokens", "dollars"])
async def test_where_the_budget_has_room_for_less_the_answer_may_be_as_long_as_that(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, limit: dict[str, Any], *, streamed: bool
) -> None:
    tenant.limit(database, **limit)
    answer = await post(client, tenant, Wire.CHAT, without_limit(Wire.CHAT, LONG, streamed=streamed))
    told = int(answer.headers[TOLD])
    assert answer.status_code == 200
    assert 1024 < told < 5000
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    # not a token less than what fits
    bound, most = (event["bound_tokens"], 5000) if "tokens" in limit else (event["bound_nano_usd"], 3_000_000)
    assert most - 600 <= bound <= most
    assert event["output_tokens"] == told


async def test_a_budget_without_room_for_a_short_answer_refuses_the_call(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.limit(database, tokens=1000)
    answer = await post(client, tenant, Wire.CHAT, without_limit(Wire.CHAT, "default"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (402, "budget_exceeded")
    named = await post(client, tenant, Wire.CHAT, body_of(Wire.CHAT, "default", most=100))
    assert named.status_code == 200


async def test_a_rate_of_tokens_below_the_models_own_limit_makes_the_answer_shorter_and_refuses_nothing(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"tenant": {"tokens_a_minute": 5000, "requests_a_minute": None}})
    answer = await post(client, tenant, Wire.CHAT, without_limit(Wire.CHAT, "default"))
    assert answer.status_code == 200
    assert 4000 < int(answer.headers[TOLD]) < 5000


async def test_calls_without_a_limit_share_a_budget_that_has_no_room_for_their_longest_answers(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer
) -> None:
    tenant.limit(database, tokens=20_000)
    slow = without_limit(Wire.CHAT, "fault-slow=1")
    async with httpx.AsyncClient(base_url=client.base_url, timeout=60) as other:
        first = client.build_request("POST", Wire.CHAT.path, json=slow, headers=headers_of(tenant))
        streamed = await client.send(first, stream=True)
        second = await post(other, tenant, Wire.CHAT, without_limit(Wire.CHAT, "default"))
        await streamed.aread()
    assert (streamed.status_code, second.status_code) == (200, 200)
    committed, _, held, _ = counters_of(gateway_redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    assert 0 < committed < 20_000
    assert held == 0


async def test_a_stream_that_begins_late_says_it_before_it_begins(routed: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await post(routed, tenant, Wire.CHAT, without_limit(Wire.CHAT, "fault-slow=1", streamed=True))
    assert (answer.status_code, answer.headers[TOLD]) == (200, "32768")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_an_answer_that_is_given_again_says_it_again(
    client: httpx.AsyncClient, tenant: Tenant, *, streamed: bool
) -> None:
    body = without_limit(Wire.CHAT, "default", streamed=streamed)
    headers = {**headers_of(tenant), "idempotency-key": "once"}
    first = await client.post(Wire.CHAT.path, json=body, headers=headers)
    again = await client.post(Wire.CHAT.path, json=body, headers=headers)
    assert (again.headers["x-lockstep-replayed"], again.content) == ("true", first.content)
    assert again.headers[TOLD] == first.headers[TOLD] == "32768"


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("wire", STREAMING)
@pytest.mark.parametrize(("model", "status"), [("fault-status=400", 400), ("fault-status=401", 502)])
async def test_an_error_after_a_limit_was_applied_says_which(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, model: str, status: int, *, streamed: bool
) -> None:
    answer = await post(client, tenant, wire, body_of(wire, model, streamed=streamed, most=77))
    assert (answer.status_code, answer.headers[TOLD]) == (status, "77")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_call_that_was_not_admitted_says_the_limit_that_it_asked_for(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, *, streamed: bool
) -> None:
    tenant.limit(database, tokens=1000)
    named = await post(client, tenant, Wire.CHAT, body_of(Wire.CHAT, "default", streamed=streamed, most=2000))
    assert (named.status_code, named.headers[TOLD]) == (402, "2000")
    silent = await post(client, tenant, Wire.CHAT, without_limit(Wire.CHAT, "default", streamed=streamed))
    assert (silent.status_code, silent.headers[TOLD]) == (402, "32768")


async def test_an_error_before_a_limit_was_applied_names_none(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for body in (body_of(Wire.CHAT, "no-such-model"), body_of(Wire.CHAT, "default", most=0)):
        answer = await post(client, tenant, Wire.CHAT, body)
        assert answer.status_code in {400, 404}
        assert TOLD not in answer.headers


async def test_what_a_server_used_above_its_bound_is_charged_as_it_is_and_somebody_is_told(
    client: httpx.AsyncClient,
    gateway: GatewayProcess,
    signing: Signing,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    gateway_redis: RedisServer,
) -> None:
    tenant.limit(database, tokens=10**6)
    model = "fault-chunks=24000+unlimited+delay=0"
    answer = await post(client, tenant, Wire.CHAT, body_of(Wire.CHAT, model, most=100))
    assert answer.json()["usage"]["completion_tokens"] > 5000
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["total_tokens"] == answer.json()["usage"]["total_tokens"] > event["bound_tokens"]
    assert event["error_code"] == "usage_above_bound"
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])})
    committed, *_ = counters_of(gateway_redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    assert committed == event["total_tokens"]
    headers = {"authorization": f"Bearer {signing.service_token()}"}

    async def told() -> bool:
        entries = await client.get("/internal/operations", headers=headers)
        return str(event["event_id"]) in json.dumps(entries.json())

    await eventually(told)
    assert gateway.url


async def test_what_a_usage_report_says_above_a_bound_is_an_alert_too(
    client: httpx.AsyncClient,
    gateway: GatewayProcess,
    signing: Signing,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
) -> None:
    model = "fault-chunks=24000+unlimited+no-usage+delay=0"
    answer = await post(client, tenant, Wire.CHAT, body_of(Wire.CHAT, model, most=100))
    assert answer.status_code == 200
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["cost_nano_usd"] == event["bound_nano_usd"]
    await asyncio.to_thread(reconcile_tenant, gateway, database, tenant)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"])}) > event["bound_nano_usd"]
    headers = {"authorization": f"Bearer {signing.service_token()}"}
    entries = (await client.get("/internal/operations", headers=headers)).text
    assert str(event["event_id"]) in entries
    assert "usage_report" in entries
