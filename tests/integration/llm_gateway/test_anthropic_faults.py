"""Anthropic's wire fails in every way: honest answers in its dialect, and the ledger meets the invoice."""

import json
from typing import Any

import anthropic
import httpx
import pytest

from fixtures.gateway import GatewayProcess, Tenant
from fixtures.ledger import charged, recorded_events
from fixtures.postgres import ScratchDatabase
from fixtures.reconciling import reconcile
from fixtures.simulated import SimulatedProvider

PATH = "/v1/messages"
VERSION = {"anthropic-version": "2023-06-01"}


def asked(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 200, **more}


async def post(client: httpx.AsyncClient, tenant: Tenant, body: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, json=body, headers={"x-api-key": tenant.api_key, **VERSION})


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize(
    ("fault", "status", "kind", "code", "attempts"),
    [
        ("status=500", 502, "api_error", "upstream_error", 3),
        ("status=529", 502, "api_error", "upstream_error", 3),
        ("status=429+retry-after=0.1", 429, "rate_limit_error", "upstream_rate_limited", 3),
        ("status=400", 400, "invalid_request_error", "upstream_refused", 1),
        ("status=401", 502, "api_error", "upstream_refused", 1),
        ("malformed=0", 502, "api_error", "upstream_malformed", 3),
    ],
)
async def test_what_fails_before_the_first_byte_is_a_clear_error_and_an_event_each(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    fault: str,
    status: int,
    kind: str,
    code: str,
    attempts: int,
    *,
    streamed: bool,
) -> None:
    # a malformed plain answer is whole when it is read, so it is not asked for again
    attempts = 1 if code == "upstream_malformed" and not streamed else attempts
    answer = await post(faulty, tenant, asked(f"fault-{fault}+delay={0.022 if streamed else 0.021}", stream=streamed))
    error = answer.json()["error"]
    assert (answer.status_code, answer.json()["type"], error["type"], error["code"]) == (status, "error", kind, code)
    events = await recorded_events(database, tenant.tenant_id, count=attempts)
    assert {(event["status"], event["dialect"]) for event in events} == {("failed", "anthropic")}
    billed = code == "upstream_malformed"
    assert {event["usage_source"] for event in events} == {"bound" if billed else "none"}
    assert (charged(database, tenant.tenant_id) > 0) is billed


@pytest.mark.parametrize(
    ("path", "kind", "more"), [(PATH, "api_error", "0.023"), ("/v1/chat/completions", "server_error", "0.024")]
)
async def test_a_stream_that_begins_with_an_error_event_is_tried_again_and_each_attempt_accounted_for(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    path: str,
    kind: str,
    more: str,
) -> None:
    body = asked(f"fault-error-event=0+delay={more}", stream=True)
    answer = await faulty.post(path, json=body, headers={"x-api-key": tenant.api_key, **VERSION})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["code"]) == (502, kind, "upstream_error")
    events = await recorded_events(database, tenant.tenant_id, count=3)
    assert {(event["status"], event["usage_source"]) for event in events} == {("failed", "bound")}
    reconcile(faulty_gateway, database)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"]) for event in events}) > 0


@pytest.mark.parametrize("at", [1, 2, 5, 10])
@pytest.mark.parametrize("fault", ["cut", "malformed", "error-event", "stall"])
async def test_a_stream_that_breaks_ends_in_a_native_error_event_and_never_in_message_stop(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    fault: str,
    at: int,
) -> None:
    answer = await post(faulty, tenant, asked(f"fault-{fault}={at}+delay=0.025", stream=True))
    assert answer.status_code == 200
    assert "message_stop" not in answer.text
    name, _, data = answer.text.rstrip("\n").rpartition("\n\n")[2].partition("\n")
    document = json.loads(data.removeprefix("data: "))
    assert (name, document["type"]) == ("event: error", "error")
    assert document["error"]["type"] in {"api_error", "timeout_error"}
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("cut", "bound")
    billed = simulated.nano_usd({str(event["event_id"])})
    assert 0 < billed < event["cost_nano_usd"]
    reconcile(faulty_gateway, database)
    assert charged(database, tenant.tenant_id) == billed


@pytest.mark.parametrize("fault", ["cut=4", "error-event=4"])
async def test_the_sdk_raises_what_a_broken_stream_says(
    faulty_gateway: GatewayProcess, tenant: Tenant, fault: str
) -> None:
    async with anthropic.AsyncAnthropic(base_url=faulty_gateway.url, api_key=tenant.api_key) as client:
        pieces = []
        with pytest.raises(anthropic.APIStatusError, match="provider"):
            async with client.messages.stream(**asked(f"fault-{fault}+delay=0.026")) as stream:
                pieces = [piece async for piece in stream.text_stream]
        assert pieces == []


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("fault", ["no-usage", "absurd-usage"])
async def test_usage_that_is_missing_or_absurd_is_charged_at_the_bound_until_the_report(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    fault: str,
    *,
    streamed: bool,
) -> None:
    answer = await post(faulty, tenant, asked(f"fault-{fault}", stream=streamed))
    assert answer.status_code == 200
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "bound")
    assert event["cost_nano_usd"] == event["bound_nano_usd"]
    reconcile(faulty_gateway, database)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"])})


@pytest.mark.parametrize("unbilled", ["", "+unbilled-abort"])
@pytest.mark.parametrize("leaves_after", [1, 4])
async def test_a_client_that_leaves_still_pays_for_what_was_generated(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    leaves_after: int,
    unbilled: str,
) -> None:
    body = asked(f"fault-chunks=20+delay=0.02{unbilled}", stream=True)
    async with faulty.stream("POST", PATH, json=body, headers={"x-api-key": tenant.api_key, **VERSION}) as answer:
        assert answer.status_code == 200, await answer.aread()
        chunks = answer.aiter_bytes()
        for _ in range(leaves_after):
            await anext(chunks)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "provider")
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0
