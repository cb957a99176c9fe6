"""Providers fail in every way, plain and streamed: honest answers, an event each, and the ledger meets the invoice."""

import asyncio
import itertools
import json
from typing import Any

import anthropic
import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.gateways.reconciling import reconcile_tenant
from fixtures.gateways.wires import Wire, body_of, check_error, check_error_event, headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import charged, recorded_events
from fixtures.providers.simulated import SimulatedProvider

_DIALECTS = {Wire.CHAT: "chat", Wire.MESSAGES: "messages"}
_numbers = itertools.count(1)

on_each_wire = pytest.mark.parametrize("wire", _DIALECTS, ids=str)
plain_and_streamed = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])


def fault(name: str) -> str:
    """A model that fails so, and that no other test has: its breaker is its own."""
    return f"fault-{name}+delay={0.005 + next(_numbers) * 1e-6:.6f}"


async def post(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, model: str, *, streamed: bool, **more: Any
) -> httpx.Response:
    body = body_of(wire, model, streamed=streamed) | more
    return await client.post(wire.path, json=body, headers=headers_of(tenant))


@on_each_wire
@plain_and_streamed
@pytest.mark.parametrize(
    ("name", "status", "code", "retryable", "attempts"),
    [
        ("status=500", 502, "upstream_error", "true", 3),
        ("status=503", 502, "upstream_error", "true", 3),
        ("status=529", 502, "upstream_error", "true", 3),
        ("status=429+retry-after=0.1", 429, "upstream_rate_limited", "true", 3),
        ("status=400", 400, "upstream_refused", "false", 1),
        ("status=401", 502, "upstream_refused", "false", 1),
        ("malformed=0", 502, "upstream_malformed", "true", 3),
    ],
)
async def test_what_fails_before_the_first_byte_is_a_clear_error_and_an_event_each(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    wire: Wire,
    name: str,
    status: int,
    code: str,
    retryable: str,
    attempts: int,
    *,
    streamed: bool,
) -> None:
    # a malformed plain answer is whole when it is read, so it is not asked for again
    attempts = 1 if code == "upstream_malformed" and not streamed else attempts
    answer = await post(faulty, tenant, wire, fault(name), streamed=streamed)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    check_error(wire, status, answer.content)
    assert answer.headers["x-should-retry"] == retryable
    events = await recorded_events(database, tenant.tenant_id, count=attempts)
    assert [event["attempt"] for event in events] == list(range(1, attempts + 1))
    assert {(event["status"], event["dialect"]) for event in events} == {("failed", _DIALECTS[wire])}
    billed = code == "upstream_malformed"
    assert {event["usage_source"] for event in events} == {"bound" if billed else "none"}
    assert (charged(database, tenant.tenant_id) > 0) is billed


@on_each_wire
@plain_and_streamed
async def test_what_passes_after_a_while_is_retried_to_success_and_charged_once(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    wire: Wire,
    *,
    streamed: bool,
) -> None:
    answer = await post(faulty, tenant, wire, fault("status=503+flap=2"), streamed=streamed)
    assert answer.status_code == 200
    assert answer.headers["x-lockstep-attempts"] == "3"
    events = await recorded_events(database, tenant.tenant_id, count=3)
    assert [event["status"] for event in events] == ["failed", "failed", "succeeded"]
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"]) for event in events})


@on_each_wire
async def test_a_stream_that_begins_with_an_error_event_is_tried_again_and_each_attempt_accounted_for(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    wire: Wire,
) -> None:
    answer = await post(faulty, tenant, wire, fault("error-event=0"), streamed=True)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_error")
    check_error(wire, 502, answer.content)
    events = await recorded_events(database, tenant.tenant_id, count=3)
    assert {(event["status"], event["usage_source"]) for event in events} == {("failed", "bound")}
    reconcile_tenant(faulty_gateway, database, tenant)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"]) for event in events}) > 0


@on_each_wire
@pytest.mark.parametrize("at", [1, 2, 5, 10])
@pytest.mark.parametrize("name", ["cut", "malformed", "error-event", "stall"])
async def test_a_stream_that_breaks_ends_in_an_error_event_and_never_as_if_it_were_whole(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    wire: Wire,
    name: str,
    at: int,
) -> None:
    answer = await post(faulty, tenant, wire, fault(f"{name}={at}"), streamed=True)
    assert answer.status_code == 200
    assert wire.ending not in answer.text
    last = answer.text.rstrip("\n").rpartition("\n\n")[2]
    check_error_event(wire, last)
    if wire is Wire.MESSAGES:
        assert json.loads(last.partition("data: ")[2])["error"]["type"] in {"api_error", "timeout_error"}
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("cut", "bound")
    billed = simulated.nano_usd({str(event["event_id"])})
    assert 0 < billed < event["cost_nano_usd"]
    reconcile_tenant(faulty_gateway, database, tenant)
    assert charged(database, tenant.tenant_id) == billed


@pytest.mark.parametrize("name", ["cut=4", "error-event=4"])
async def test_the_sdk_raises_what_a_broken_stream_says(
    faulty_gateway: GatewayProcess, tenant: Tenant, name: str
) -> None:
    async with anthropic.AsyncAnthropic(base_url=faulty_gateway.url, api_key=tenant.api_key) as client:
        pieces = []
        asked = body_of(Wire.MESSAGES, fault(name))
        del asked["stream"]
        with pytest.raises(anthropic.APIStatusError, match="provider"):
            async with client.messages.stream(**asked) as stream:
                pieces = [piece async for piece in stream.text_stream]
        assert pieces == []


@on_each_wire
@plain_and_streamed
@pytest.mark.parametrize("name", ["no-usage", "absurd-usage"])
async def test_usage_that_is_missing_or_absurd_is_charged_at_the_bound_until_the_report(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    wire: Wire,
    name: str,
    *,
    streamed: bool,
) -> None:
    answer = await post(faulty, tenant, wire, fault(name), streamed=streamed)
    assert answer.status_code == 200
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "bound")
    assert event["cost_nano_usd"] == event["bound_nano_usd"]
    reconcile_tenant(faulty_gateway, database, tenant)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"])})


@on_each_wire
@pytest.mark.parametrize("unbilled", ["", "+unbilled-abort"])
@pytest.mark.parametrize("leaves_after", [1, 4])
async def test_a_client_that_leaves_still_pays_for_what_was_generated(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    wire: Wire,
    leaves_after: int,
    unbilled: str,
) -> None:
    body = body_of(wire, f"fault-chunks=20+delay=0.02{unbilled}", streamed=True)
    async with faulty.stream("POST", wire.path, json=body, headers=headers_of(tenant)) as answer:
        assert answer.status_code == 200, await answer.aread()
        chunks = answer.aiter_bytes()
        for _ in range(leaves_after):
            await anext(chunks)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "provider")
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0


async def test_a_slow_first_token_times_out_and_a_hung_plain_answer_does_too(
    faulty: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    answers = await asyncio.gather(
        post(faulty, tenant, Wire.CHAT, "fault-slow=30", streamed=True),
        post(faulty, tenant, Wire.CHAT, "fault-hang", streamed=False),
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "upstream_timeout")
    events = await recorded_events(database, tenant.tenant_id, count=2)
    assert {event["usage_source"] for event in events} == {"bound"}


async def test_a_worker_s_stream_has_the_time_to_its_first_token_that_its_plain_call_has(
    faulty: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    step = Step(tenant, signing)
    body = {"model": fault("ttft=1.5"), "messages": [{"role": "user", "content": "hello"}], "stream": True}
    headers = {"authorization": f"Bearer {step.token()}"}
    answer = await faulty.post("/v1/chat/completions", json=body, headers=headers)
    assert answer.text.rstrip().endswith("data: [DONE]"), answer.text
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["status"] == "succeeded"


async def test_a_breaker_opens_after_failures_and_answers_503_without_an_event(
    faulty: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    model = fault("status=500")
    answers = [await post(faulty, tenant, Wire.CHAT, model, streamed=False) for _ in range(4)]
    assert answers[-1].status_code == 503
    assert answers[-1].json()["error"]["code"] == "circuit_open"
    assert int(answers[-1].headers["retry-after-ms"]) > 0
    events = await recorded_events(database, tenant.tenant_id, count=5)
    assert len(events) == 5  # as many failures as open it; what it refused was not attempted
