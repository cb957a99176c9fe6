"""Anthropic's own client, with another address and key only: each call is one event that equals the invoice."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anthropic
import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider

PATH = "/v1/messages"
SAID = "This is a simulated answer to: How many penguins?"
USER: Any = {"role": "user", "content": "How many penguins?"}
WEATHER = {
    "name": "weather",
    "description": "The weather at a place",
    "input_schema": {"type": "object", "properties": {"place": {"type": "string"}}},
}
VERSION = {"anthropic-version": "2023-06-01"}


def asked(model: str = "default", **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 200, "messages": [USER], **more}


def events_in(stream: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in stream.split("\n") if line.startswith("data: ")]


@pytest.fixture
def sent() -> list[str]:
    """The paths that a client has asked for, retries included."""
    return []


@pytest.fixture
async def sdk(gateway: GatewayProcess, tenant: Tenant, sent: list[str]) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async def note(request: httpx.Request) -> None:
        sent.append(request.url.path)

    http = anthropic.DefaultAsyncHttpxClient(event_hooks={"request": [note]})
    async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key=tenant.api_key, http_client=http) as client:
        yield client


@pytest.fixture
def sync_sdk(gateway: GatewayProcess, tenant: Tenant) -> Iterator[anthropic.Anthropic]:
    # `auth_token` is how Claude Code and many others are given a key: a Bearer token instead of x-api-key
    with anthropic.Anthropic(base_url=gateway.url, auth_token=tenant.api_key) as client:
        yield client


async def test_a_plain_answer_costs_what_the_invoice_says(
    sdk: anthropic.AsyncAnthropic, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    message = await sdk.messages.create(**asked())
    assert (message.model, message.content[0].text, message.stop_reason) == ("simulated/default", SAID, "end_turn")
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["dialect"], event["status"], event["usage_source"]) == ("messages", "succeeded", "provider")
    assert event["total_tokens"] == message.usage.input_tokens + message.usage.output_tokens
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0


async def test_a_stream_has_native_events_and_costs_what_the_invoice_says(
    sdk: anthropic.AsyncAnthropic, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    async with sdk.messages.stream(**asked()) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        message = await stream.get_final_message()
    assert text == message.content[0].text == SAID
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["output_tokens"] == message.usage.output_tokens
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0
    assert event["first_token_ms"] <= event["latency_ms"]


def test_the_blocking_client_works_with_a_bearer_token(sync_sdk: anthropic.Anthropic) -> None:
    assert sync_sdk.messages.create(**asked()).content[0].text == SAID
    with sync_sdk.messages.stream(**asked()) as stream:
        assert "".join(stream.text_stream) == SAID
    assert sync_sdk.messages.count_tokens(model="default", messages=[USER]).input_tokens > 0


async def test_counting_tokens_agrees_with_the_answers_usage_and_costs_nothing(
    sdk: anthropic.AsyncAnthropic, tenant: Tenant, database: ScratchDatabase
) -> None:
    about: dict[str, Any] = {"model": "default", "messages": [USER], "system": "Be brief.", "tools": [WEATHER]}
    counted = await sdk.messages.count_tokens(**about)
    assert events_of(database, tenant.tenant_id) == []
    message = await sdk.messages.create(max_tokens=50, **about)
    assert message.usage.input_tokens == counted.input_tokens


async def test_a_tool_is_called_and_its_result_answered(
    sdk: anthropic.AsyncAnthropic, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    about: dict[str, Any] = {"model": "cached-agent", "max_tokens": 200, "tools": [WEATHER]}
    async with sdk.messages.stream(messages=[USER], **about) as stream:
        first = await stream.get_final_message()
    call = first.content[1]
    assert (first.stop_reason, call.name, call.input) == ("tool_use", "weather", {"place": "Palmer Station"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": '{"celsius": -4}'}
    turns: Any = [USER, {"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
    second = await sdk.messages.create(messages=turns, **about)
    assert (second.content[0].text, second.stop_reason) == ("It is -4 degrees.", "end_turn")
    events = await recorded_events(database, tenant.tenant_id, count=2)
    for event in events:
        assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_what_a_cache_reads_and_writes_is_charged_at_its_own_prices(
    sdk: anthropic.AsyncAnthropic,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    streamed: bool,
) -> None:
    system = [{"type": "text", "text": "x" * 4000, "cache_control": {"type": "ephemeral"}}]
    hour = {"type": "text", "text": "y" * 2000, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    turns: Any = [USER, {"role": "assistant", "content": "ok"}, {"role": "user", "content": [hour]}]
    for messages in ([USER], turns):
        about = asked("cached-1", system=system, messages=messages)
        if streamed:
            async with sdk.messages.stream(**about) as stream:
                message = await stream.get_final_message()
        else:
            message = await sdk.messages.create(**about)
    assert message.usage.cache_read_input_tokens == 1000
    assert message.usage.cache_creation is not None
    assert message.usage.cache_creation.ephemeral_1h_input_tokens > 500
    written, read = await recorded_events(database, tenant.tenant_id, count=2)
    assert (written["cache_write_tokens"], read["cached_input_tokens"]) == (1000, 1000)
    for event in (written, read):
        assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])})
        assert event["usage_source"] == "provider"


async def test_the_client_lists_the_aliases(sdk: anthropic.AsyncAnthropic) -> None:
    assert {"default", "penguins-agent"} <= {model.id async for model in sdk.models.list()}


async def test_a_budget_error_makes_the_client_send_one_request(
    sdk: anthropic.AsyncAnthropic, tenant: Tenant, database: ScratchDatabase, sent: list[str]
) -> None:
    tenant.limit(database, nano_usd=1)
    with pytest.raises(anthropic.APIStatusError) as refused:
        await sdk.messages.create(**asked())
    assert (refused.value.status_code, sent) == (402, [PATH])
    assert isinstance(refused.value.body, dict)
    error = refused.value.body["error"]
    assert (error["type"], error["code"], error["scope"]) == ("billing_error", "budget_exceeded", "tenant")
    with pytest.raises(anthropic.APIStatusError):
        async with sdk.messages.stream(**asked()):
            pass
    assert sent == [PATH, PATH]
    assert events_of(database, tenant.tenant_id) == []


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_a_repeated_call_is_replayed_byte_for_byte_and_never_to_the_other_dialect(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase, *, streamed: bool
) -> None:
    step = Step(tenant, signing)
    body = asked(stream=streamed)
    headers = {"x-api-key": step.token(), "x-lockstep-call-key": step.call_key(body), **VERSION}
    first = await client.post(PATH, json=body, headers=headers)
    again = await client.post(PATH, json=body, headers=headers)
    assert first.status_code == 200, first.text
    assert (again.content, again.headers["x-lockstep-replayed"]) == (first.content, "true")
    other = {name: value for name, value in headers.items() if name != "x-api-key"}
    other |= {"authorization": f"Bearer {step.token()}"}
    elsewhere = await client.post("/v1/chat/completions", json=body, headers=other)
    assert elsewhere.status_code == 200
    assert "x-lockstep-replayed" not in elsewhere.headers
    assert len(await recorded_events(database, tenant.tenant_id, count=2)) == 2


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "invalid_request_error"),
        (b'{"model": "default", "messages": [{}]}', 400, "invalid_request_error"),
        (b'{"model": "default", "max_tokens": NaN, "messages": [{}]}', 400, "invalid_request_error"),
        (b'{"model": "default", "max_tokens": 9000000000000000, "messages": [{}]}', 400, "invalid_request_error"),
        (b'{"model": "no-such-model", "max_tokens": 1, "messages": [{}]}', 404, "not_found_error"),
        (b"[" * 100_000, 400, "invalid_request_error"),
        (
            b'{"model": "default", "max_tokens": 1, "messages": [' + b'{"content":[' * 9_000,
            400,
            "invalid_request_error",
        ),
        (b" " * (32 * 1024 * 1024 + 1), 413, "request_too_large"),
    ],
)
async def test_bad_input_gets_a_4xx_in_anthropics_words_and_costs_nothing(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, body: bytes, status: int, kind: str
) -> None:
    answer = await client.post(PATH, content=body, headers={"x-api-key": tenant.api_key, **VERSION})
    document = answer.json()
    assert (answer.status_code, document["type"], document["error"]["type"]) == (status, "error", kind)
    assert answer.headers["x-should-retry"] == "false"
    assert events_of(database, tenant.tenant_id) == []


async def test_what_the_provider_refuses_to_count_is_told_in_its_words(sdk: anthropic.AsyncAnthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="messages: at least one"):
        await sdk.messages.count_tokens(model="fault-", messages=[])
    odd: Any = {"role": "tool", "content": "x"}
    with pytest.raises(anthropic.BadRequestError, match=r"messages\.0\.role"):
        await sdk.messages.count_tokens(model="default", messages=[odd])


async def test_a_request_without_a_version_is_refused_by_the_provider_not_filled_in(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    answer = await client.post(PATH, json=asked(), headers={"x-api-key": tenant.api_key})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert "anthropic-version" in answer.json()["error"]["message"]


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "lsk_unknown"}, {"authorization": "Basic x"}])
async def test_who_proves_nothing_is_401_in_anthropics_words(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post(PATH, json=asked(), headers={**headers, **VERSION})
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")
