"""Calls that go well: plain and streamed, by key and by run token, each one event that equals the invoice."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider

PATH = "/v1/chat/completions"


def asked(model: str = "default", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "How many penguins?"}], **more}


async def post(client: httpx.AsyncClient, token: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await client.post(PATH, json=body, headers={"authorization": f"Bearer {token}", **headers})


def data_of(stream: str) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


async def test_a_plain_answer_says_that_it_is_simulated_and_costs_what_the_invoice_says(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    answer = await post(client, tenant.api_key, asked())
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == "simulated/default"
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "provider")
    assert event["total_tokens"] == answer.json()["usage"]["total_tokens"]
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0
    assert event["api_key_id"] == tenant.api_key_id
    assert event["price_version"].startswith("routes/")


@pytest.mark.parametrize("wants_usage", [True, False])
async def test_a_stream_ends_with_done_and_shows_usage_only_to_who_asked(
    client: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    wants_usage: bool,
) -> None:
    more: dict[str, Any] = {"stream_options": {"include_usage": True}} if wants_usage else {}
    answer = await post(client, tenant.api_key, asked(stream=True, **more))
    events = data_of(answer.text)
    assert events[-1] == "[DONE]"
    assert any("usage" in event for event in events[:-1]) is wants_usage
    text = "".join(choice["delta"].get("content", "") for event in events[:-1] for choice in event["choices"])
    assert text == "This is a simulated answer to: How many penguins?"
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0
    assert event["first_token_ms"] <= event["latency_ms"]


async def test_prices_that_are_no_whole_nano_dollars_a_token_agree_with_the_invoice(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    await asyncio.gather(*(post(client, tenant.api_key, asked("odd-1", n=n)) for n in range(1, 9)))
    events = await recorded_events(database, tenant.tenant_id, count=8)
    for event in events:
        assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])})


async def test_a_run_token_charges_its_run_and_step(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    step = Step(tenant, signing)
    answer = await post(client, step.token(), asked())
    assert answer.status_code == 200
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["run_id"], event["step_id"], event["user_id"]) == (step.run_id, step.step_id, tenant.user_id)
    service = {"authorization": f"Bearer {signing.service_token()}"}
    question = f"/internal/runs/{step.run_id}/money?tenant_id={tenant.tenant_id}&step_id={step.step_id}"
    money = (await client.get(question, headers=service)).json()
    by_scope = {scope["scope"]: scope for scope in money["scopes"]}
    for scope in ("run", "step", "tenant"):
        assert by_scope[scope]["committed"] == {"tokens": event["total_tokens"], "nano_usd": event["cost_nano_usd"]}
        assert by_scope[scope]["held"] == {"tokens": 0, "nano_usd": 0}


async def test_a_closed_run_and_a_stale_fence_are_refused_for_good(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    step = Step(tenant, signing)
    assert (await post(client, step.token(fence=2), asked())).status_code == 200
    stale = await post(client, step.token(fence=1), asked())
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale_lease")
    assert stale.headers["x-should-retry"] == "false"
    service = {"authorization": f"Bearer {signing.service_token()}"}
    closing = {"tenant_id": str(tenant.tenant_id), "generation": 1}
    for _ in range(2):
        closed = await client.post(f"/internal/runs/{step.run_id}/close", json=closing, headers=service)
        assert closed.status_code == 204
    refused = await post(client, step.token(fence=3), asked())
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "run_closed")
    assert refused.headers["x-should-retry"] == "false"
    assert (await post(client, step.token(generation=2, fence=4), asked())).status_code == 200
    assert len(await recorded_events(database, tenant.tenant_id, count=2)) == 2


async def test_internal_routes_take_service_tokens_only(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing
) -> None:
    step = Step(tenant, signing)
    question = f"/internal/runs/{step.run_id}/money?tenant_id={tenant.tenant_id}"
    for token in (step.token(), tenant.api_key, "nonsense"):
        answer = await client.get(question, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_repeated_call_is_replayed_byte_for_byte_and_charged_once(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    streamed: bool,
) -> None:
    step = Step(tenant, signing)
    body = asked(stream=True) if streamed else asked()
    key = {"x-lockstep-call-key": step.call_key(body)}
    first = await post(client, step.token(), body, **key)
    assert first.status_code == 200, first.text
    again = await post(client, step.token(fence=2), body, **key)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["x-lockstep-replayed"] == "true"
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert simulated.nano_usd({str(event["event_id"])}) == event["cost_nano_usd"]
    with database.superuser() as connection:
        [(stored,)] = connection.execute(
            "SELECT body FROM llm_replays WHERE tenant_id = %s", [tenant.tenant_id]
        ).fetchall()
    assert isinstance(stored, bytes)
    assert b"penguins" not in stored


@pytest.mark.parametrize("first_streamed", [False, True])
async def test_a_call_whose_key_leaves_out_how_it_travels_is_one_call_streamed_or_not(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    first_streamed: bool,
) -> None:
    step = Step(tenant, signing)
    plain = asked()
    streamed = {**plain, "stream": True, "stream_options": {"include_usage": True}}
    key = {"x-lockstep-call-key": step.call_key(plain)}
    bodies = [streamed, plain] if first_streamed else [plain, streamed]
    first, again = [await post(client, step.token(), body, **key) for body in bodies]
    assert (first.status_code, again.status_code) == (200, 200), again.text
    assert again.content == first.content
    assert ("x-lockstep-replayed" in first.headers, again.headers["x-lockstep-replayed"]) == (False, "true")
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert simulated.nano_usd({str(event["event_id"])}) == event["cost_nano_usd"]


async def test_the_same_call_at_once_is_made_once_and_the_other_may_retry(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    step = Step(tenant, signing)
    body = asked("fault-slow=0.5")
    key = {"x-lockstep-call-key": step.call_key(body)}
    answers = await asyncio.gather(*(post(client, step.token(), body, **key) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.headers["x-should-retry"] == "true"
            assert answer.json()["error"]["code"] == "call_in_progress"
    assert len(await recorded_events(database, tenant.tenant_id, count=1)) == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda step, body: step.call_key({**body, "n": 2}), 400),
        (lambda step, body: Step(step.tenant, step.signing).call_key(body), 403),
        (lambda _step, _body: "nonsense", 400),
        (lambda step, body: step.call_key(body).upper(), 400),
    ],
)
async def test_a_call_key_that_is_not_the_calls_own_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, change: Any, status: int
) -> None:
    step = Step(tenant, signing)
    body = asked()
    answer = await post(client, step.token(), body, **{"x-lockstep-call-key": change(step, body)})
    assert answer.status_code == status
    assert answer.headers["x-should-retry"] == "false"


async def test_an_answer_stored_for_one_tenant_is_not_another_tenants(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    mine = Step(tenant, signing)
    body = asked()
    await post(client, mine.token(), body, **{"x-lockstep-call-key": mine.call_key(body)})
    neighbour = Step(Tenant().create(database), signing, run_id=mine.run_id, step_id=mine.step_id)
    theirs = await post(client, neighbour.token(), body, **{"x-lockstep-call-key": neighbour.call_key(body)})
    assert theirs.status_code == 200
    assert "x-lockstep-replayed" not in theirs.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_request"),
        (b'{"model": 1, "messages": []}', 400, "bad_request"),
        (b'{"model": "default", "messages": []}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "n": 0}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "n": 129}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "max_tokens": -1}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "max_tokens": NaN}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "web_search_options": {}}', 400, "bad_request"),
        (b'{"model": "default", "messages": [{}], "max_tokens": 9000000000000000}', 400, "bad_request"),
        (b'{"model": "no-such-model", "messages": [{}]}', 404, "model_not_found"),
        (
            b'{"model": "default", "messages": [{"content": [{"type": "image_url", "image_url": {}}]}]}',
            400,
            "bad_request",
        ),
        (
            b'{"model": "default", "messages": [{"role": "user", "content": [{"type": "im\\u0061ge_url"}]}]}',
            400,
            "bad_request",
        ),
        (b"[" * 100_000, 400, "bad_request"),
    ],
)
async def test_bad_input_gets_a_4xx_in_openais_words_and_costs_nothing(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, body: bytes, status: int, code: str
) -> None:
    answer = await client.post(PATH, content=body, headers={"authorization": f"Bearer {tenant.api_key}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["x-should-retry"] == "false"
    assert events_of(database, tenant.tenant_id) == []


async def test_a_body_over_the_limit_is_413(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post(
        PATH, content=b" " * (32 * 1024 * 1024 + 1), headers={"authorization": f"Bearer {tenant.api_key}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize("token", ["lsk_unknown", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJydW4ifQ.", "a.b.c"])
async def test_who_proves_nothing_is_401(client: httpx.AsyncClient, token: str) -> None:
    answer = await post(client, token, asked())
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"


async def test_models_health_and_metrics_answer(
    gateway: GatewayProcess, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    await post(client, tenant.api_key, asked())
    models = (await client.get("/v1/models", headers={"x-api-key": tenant.api_key})).json()
    assert {"default", "penguins-agent", "penguins-summary"} <= {model["id"] for model in models["data"]}
    health = (await client.get("/health")).json()
    assert (health["status"], set(health["dependencies"])) == ("ok", {"redis", "configuration", "postgres"})
    assert (await client.get("/metrics")).status_code == 404, "they name tenants: not on the tenants' port"
    figures = (await client.get(gateway.metrics_url)).text
    for name in (
        "llm_requests_total",
        "llm_latency_seconds",
        "agent_token_usage_total",
        "agent_cost_usd_total",
        "llm_circuit_breaker_state",
        "http_requests_total",
    ):
        assert f"\n{name}" in figures
