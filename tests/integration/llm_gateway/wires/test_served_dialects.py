"""Either dialect is served by either provider, with the vendors' own clients; so are Responses; and embeddings."""

from typing import Any

import anthropic
import httpx
import openai
import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider

TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


async def charged_as_billed(
    database: ScratchDatabase, routed_simulated: SimulatedProvider, tenant: Tenant, count: int
) -> Any:
    events = await recorded_events(database, tenant.tenant_id, count=count)
    for event in events:
        assert event["usage_source"] == "provider"
        assert event["cost_nano_usd"] == routed_simulated.nano_usd({str(event["event_id"])}) > 0
    return events


@pytest.fixture
async def openai_client(routed_gateway: GatewayProcess, tenant: Tenant) -> Any:
    async with openai.AsyncOpenAI(base_url=f"{routed_gateway.url}/v1", api_key=tenant.api_key) as client:
        yield client


@pytest.fixture
async def anthropic_client(routed_gateway: GatewayProcess, tenant: Tenant) -> Any:
    async with anthropic.AsyncAnthropic(base_url=routed_gateway.url, api_key=tenant.api_key) as client:
        yield client


async def test_a_chat_caller_is_served_by_a_messages_provider(
    openai_client: openai.AsyncOpenAI, tenant: Tenant, database: ScratchDatabase, routed_simulated: SimulatedProvider
) -> None:
    messages: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hello"}]
    plain = await openai_client.chat.completions.create(model="by-messages", messages=messages)
    assert plain.choices[0].message.content == "This is a simulated answer to: hello"
    options: Any = {"include_usage": True}
    stream = await openai_client.chat.completions.create(
        model="by-messages", messages=messages, stream=True, stream_options=options
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == plain.choices[0].message.content
    assert plain.usage is not None
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == plain.usage.total_tokens
    tools: Any = [{"type": "function", "function": {"name": "weather", "parameters": TOOL}}]
    called = await openai_client.chat.completions.create(
        model="by-messages", messages=messages, tools=tools, tool_choice="required"
    )
    assert called.choices[0].finish_reason == "tool_calls"
    events = await charged_as_billed(database, routed_simulated, tenant, 3)
    assert {(event["dialect"], event["provider"]) for event in events} == {("chat", "messages-only")}
    assert min(event["total_tokens"] for event in events) == plain.usage.total_tokens


async def test_a_messages_caller_is_served_by_a_chat_provider(
    anthropic_client: anthropic.AsyncAnthropic,
    tenant: Tenant,
    database: ScratchDatabase,
    routed_simulated: SimulatedProvider,
) -> None:
    asked: Any = {"model": "by-chat", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
    plain = await anthropic_client.messages.create(**asked)
    assert plain.content[0].text == "This is a simulated answer to: hello"
    async with anthropic_client.messages.stream(**asked) as stream:
        final = await stream.get_final_message()
    assert final.content[0].text == plain.content[0].text
    assert final.usage.output_tokens == plain.usage.output_tokens
    tools: Any = [{"name": "weather", "input_schema": TOOL}]
    called = await anthropic_client.messages.create(**asked, tools=tools, tool_choice={"type": "any"})
    assert called.stop_reason == "tool_use"
    events = await charged_as_billed(database, routed_simulated, tenant, 3)
    assert {(event["dialect"], event["provider"]) for event in events} == {("messages", "chat-only")}


@pytest.mark.parametrize("model", ["default", "by-messages", "by-chat"])
async def test_a_responses_caller_is_served_by_every_provider(
    openai_client: openai.AsyncOpenAI,
    tenant: Tenant,
    database: ScratchDatabase,
    routed_simulated: SimulatedProvider,
    model: str,
) -> None:
    asked: Any = {"model": model, "input": "hello", "instructions": "Be brief.", "max_output_tokens": 100}
    plain = await openai_client.responses.create(**asked)
    assert plain.output_text == "This is a simulated answer to: hello"
    async with openai_client.responses.stream(**asked) as stream:
        final = await stream.get_final_response()
    assert final.output_text == plain.output_text
    assert final.usage is not None
    assert plain.usage is not None
    assert final.usage.total_tokens == plain.usage.total_tokens
    events = await charged_as_billed(database, routed_simulated, tenant, 2)
    assert {event["dialect"] for event in events} == {"responses"}
    assert {event["total_tokens"] for event in events} == {plain.usage.total_tokens}


async def test_what_the_other_side_has_no_word_for_is_refused_with_its_place(
    routed: httpx.AsyncClient, tenant: Tenant
) -> None:
    body = {"model": "by-messages", "messages": [{"role": "user", "content": "hello"}], "logprobs": True, "n": 2}
    answer = await routed.post("/v1/chat/completions", json=body, headers={"x-api-key": tenant.api_key})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "untranslatable")
    assert "logprobs" in error["message"]


async def test_embeddings_cost_their_input(
    openai_client: openai.AsyncOpenAI, tenant: Tenant, database: ScratchDatabase, routed_simulated: SimulatedProvider
) -> None:
    answer = await openai_client.embeddings.create(model="embed-small", input=["penguin", "gentoo " * 50])
    assert len(answer.data) == 2
    [event] = await charged_as_billed(database, routed_simulated, tenant, 1)
    assert (event["total_tokens"], event["output_tokens"]) == (answer.usage.total_tokens, 0)
    assert event["bound_tokens"] >= event["total_tokens"]


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("responses", {"input": "hi", "previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", {"input": "hi", "tools": [{"type": "a_new_one"}]}, "tools.0.type"),
        ("responses", {"input": []}, "input"),
        (
            "responses",
            {"input": [{"type": "message", "role": "user", "content": [{"type": "input_file"}]}]},
            "input.0.content.0",
        ),
        ("responses", {"input": "hi", "background": True}, "background"),
        ("responses", {"input": "hi", "max_output_tokens": 0}, "max_output_tokens"),
        ("embeddings", {"input": []}, "input"),
        ("embeddings", {"input": [{"a": 1}]}, "input.0"),
        ("embeddings", {"input": [[{"a": 1}]]}, "input.0.0"),
        ("embeddings", {"input": "x", "dimensions": 0}, "dimensions"),
    ],
)
async def test_what_no_bound_covers_is_refused_with_its_place(
    client: httpx.AsyncClient, tenant: Tenant, path: str, body: dict[str, Any], place: str
) -> None:
    answer = await client.post(f"/v1/{path}", json={"model": "default", **body}, headers={"x-api-key": tenant.api_key})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, place)


async def test_models_are_found_by_their_names(openai_client: openai.AsyncOpenAI, anthropic_client: Any) -> None:
    assert (await openai_client.models.retrieve("default")).id == "default"
    assert (await anthropic_client.models.retrieve("fault-chunks=3")).type == "model"
    with pytest.raises(openai.NotFoundError):
        await openai_client.models.retrieve("no-such-model")
