"""Anthropic's messages, as its SDK's types have them: native events, and a cache's and a thought's accounts."""

import json
from typing import Any

import anthropic
import jsonschema
import openai
import pytest
from anthropic.types import Message, MessageTokensCount, RawMessageStreamEvent
from pydantic import TypeAdapter

from fixtures.providers.provider_in_process import Provider

PATH = "/v1/messages"
MARK = {"cache_control": {"type": "ephemeral"}}
USER: Any = {"role": "user", "content": "How many penguins?"}
PLACE = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
TOOLS = [{"name": name, "input_schema": PLACE} for name in ("weather", "tide")]
THINKING = {"type": "enabled", "budget_tokens": 1024}
FORM = {"type": "json_schema", "schema": PLACE}
EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


def asked(model: str = "default", *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 2000, "messages": list(messages or [USER]), **more}


async def plain(provider: Provider, body: dict[str, Any]) -> Message:
    answer = await provider.http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return Message.model_validate_json(answer.content, strict=True)


async def streamed(provider: Provider, body: dict[str, Any]) -> list[Any]:
    """All events but the ping, which the SDK has no type for: it passes it over."""
    events = await provider.events(PATH, body)
    assert events[2] == {"type": "ping"}
    return [EVENT.validate_python(event, strict=True) for event in events if event["type"] != "ping"]


def content_in(events: list[Any]) -> list[dict[str, Any]]:
    """The blocks that a stream's events make."""
    blocks: list[dict[str, Any]] = []
    for event in events:
        if event.type == "content_block_start":
            blocks.append(event.content_block.model_dump(exclude_none=True))
            assert event.index == len(blocks) - 1
        if event.type == "content_block_delta":
            name, value = next((name, value) for name, value in event.delta if name != "type")
            name = "input" if name == "partial_json" else name
            blocks[event.index][name] = (blocks[event.index].get(name) or "") + value
    return [block | {"input": json.loads(block["input"])} if block.get("input") else block for block in blocks]


@pytest.mark.parametrize(
    ("body", "kinds", "reason"),
    [
        (asked(), ["text"], "end_turn"),
        (asked("multibyte-1"), ["text"], "end_turn"),
        (asked("agent", tools=TOOLS), ["text", "tool_use", "tool_use"], "tool_use"),
        (asked(tools=TOOLS, tool_choice={"type": "tool", "name": "tide"}), ["tool_use"], "tool_use"),
        (asked(max_tokens=3), ["text"], "max_tokens"),
        (asked(stop_sequences=["simulated"]), ["text"], "stop_sequence"),
        (asked("reasoning-1", thinking=THINKING), ["thinking", "text"], "end_turn"),
        (asked("reasoning-1", thinking={"type": "adaptive"}, max_tokens=5), ["thinking"], "max_tokens"),
        (asked("cached-1", system=[{"type": "text", "text": "x" * 400, **MARK}]), ["text"], "end_turn"),
    ],
)
async def test_a_stream_says_and_costs_what_the_plain_answer_does(
    provider: Provider, body: dict[str, Any], kinds: list[str], reason: str
) -> None:
    whole = await plain(provider, body)
    events = await streamed(provider, body)
    assert ([block.type for block in whole.content], whole.stop_reason) == (kinds, reason)
    told = [block | {"signature": ""} if "signature" in block else block for block in content_in(events)]
    said = [block.model_dump(exclude_none=True) for block in whole.content]
    assert told == [block | {"signature": ""} if "signature" in block else block for block in said]
    assert (events[0].type, events[-2].type, events[-1].type) == ("message_start", "message_delta", "message_stop")
    assert [event.type for event in events].count("content_block_stop") == len(kinds)
    assert events[-2].delta.stop_reason == reason
    assert events[-2].delta.stop_sequence == whole.stop_sequence
    start, end = events[0].message.usage, events[-2].usage
    assert start.model_dump(exclude={"output_tokens", "output_tokens_details"}) == whole.usage.model_dump(
        exclude={"output_tokens", "output_tokens_details"}
    )
    assert (end.output_tokens, end.output_tokens_details) == (
        whole.usage.output_tokens,
        whole.usage.output_tokens_details,
    )
    for line in provider.lines():
        parts = (whole.usage.input_tokens, whole.usage.cache_creation_input_tokens, whole.usage.cache_read_input_tokens)
        assert sum(part or 0 for part in parts) == line.input_tokens
        assert (line.output_tokens, line.cache_write_tokens) == (whole.usage.output_tokens, parts[1])
    assert len(provider.lines()) == 2


async def test_thinking_is_signed_counted_and_only_for_who_enables_it(provider: Provider) -> None:
    thinking = await plain(provider, asked("reasoning-1", thinking=THINKING))
    assert thinking.content[0].signature
    tokens = thinking.usage.output_tokens_details.thinking_tokens
    assert 0 < tokens < thinking.usage.output_tokens
    silent = await plain(provider, asked("reasoning-1"))
    assert (len(silent.content), silent.usage.output_tokens_details) == (1, None)
    assert [line.reasoning_tokens for line in provider.lines()] == [tokens, 0]
    turns: list[dict[str, Any]] = [
        USER,
        {"role": "assistant", "content": [block.model_dump() for block in thinking.content]},
        USER,
    ]
    assert (await plain(provider, asked("reasoning-1", *turns, thinking=THINKING))).stop_reason == "end_turn"


async def test_deltas_of_a_thought_end_in_its_signature(provider: Provider) -> None:
    events = await streamed(provider, asked("reasoning-1", thinking=THINKING))
    kinds = [event.delta.type for event in events if event.type == "content_block_delta" and event.index == 0]
    assert kinds == ["thinking_delta"] * 4 + ["signature_delta"]


async def test_a_tool_result_answers_the_call_of_the_turn_before(provider: Provider) -> None:
    first = await plain(provider, asked("agent", tools=TOOLS))
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": content}
        for call, content in zip(reversed(first.content[1:]), ("high", '{"celsius": -4}'), strict=True)
    ]
    turns: list[dict[str, Any]] = [
        USER,
        {"role": "assistant", "content": first.to_param()["content"]},
        {"role": "user", "content": results},
    ]
    dumped = [{**turn, "content": json.loads(json.dumps(turn["content"], default=dict))} for turn in turns]
    second = await plain(provider, asked("agent", *dumped, tools=TOOLS))
    assert (second.content[0].text, second.stop_reason) == ("It is -4 degrees.", "end_turn")


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ({"type": "auto"}, []),
        ({"type": "none"}, []),
        ({"type": "any"}, ["weather", "tide"]),
        ({"type": "any", "disable_parallel_tool_use": True}, ["weather"]),
        ({"type": "tool", "name": "tide"}, ["tide"]),
    ],
)
async def test_a_tool_that_must_be_called_is_called_as_its_schema_wants(
    provider: Provider, choice: dict[str, Any], names: list[str]
) -> None:
    message = await plain(provider, asked(tools=TOOLS, tool_choice=choice))
    calls = [block for block in message.content if block.type == "tool_use"]
    assert [call.name for call in calls] == names
    for call in calls:
        jsonschema.validate(call.input, PLACE)


@pytest.mark.parametrize("more", [{"output_config": {"format": FORM}}, {"output_format": FORM}])
async def test_an_answer_has_the_form_that_was_asked_for(provider: Provider, more: dict[str, Any]) -> None:
    [block] = (await plain(provider, asked(**more))).content
    jsonschema.validate(json.loads(block.text), PLACE)


async def test_counting_tokens_agrees_with_the_answers_usage_and_bills_nothing(provider: Provider) -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "xxxx"}}
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x" * 4000}}
    about: dict[str, Any] = {
        "messages": [{"role": "user", "content": [image, document]}],
        "system": "Be brief.",
        "tools": TOOLS,
    }
    counting = await provider.http.post(f"{PATH}/count_tokens", json={"model": "default", **about})
    counted = MessageTokensCount.model_validate_json(counting.content, strict=True)
    odd = await provider.http.post(f"{PATH}/count_tokens", json={"model": "m", "messages": [USER], "tools": [1]})
    assert (odd.status_code, odd.json()["error"]["type"]) == (400, "invalid_request_error")
    assert provider.lines() == []
    assert (await plain(provider, asked(**about))).usage.input_tokens == counted.input_tokens > 1024 + 1000


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "model"),
        (asked() | {"messages": []}, "messages"),
        ({"model": "m", "messages": [USER]}, "max_tokens"),
        (asked("m", {"role": "tool", "content": "x"}), r"messages\.0\.role"),
        (asked(thinking={"type": "enabled", "budget_tokens": 1023}), "budget_tokens"),
        (asked(thinking={"type": "enabled", "budget_tokens": 2000}), "max_tokens"),
        (asked(tool_choice={"type": "tool", "name": "no"}), "tool_choice"),
        (asked(output_config={"format": {"type": "json_schema"}}), "schema"),
        (asked(tools=[{}], tool_choice={"type": "any"}), "shape"),
    ],
)
async def test_what_is_no_request_is_refused_by_the_place(
    provider: Provider, body: dict[str, Any], problem: str
) -> None:
    with pytest.raises(anthropic.BadRequestError, match=problem):
        await provider.anthropic.post(PATH, body=body, cast_to=Message)
    assert provider.lines() == []


async def test_the_version_header_is_required(provider: Provider) -> None:
    with pytest.raises(openai.BadRequestError, match="anthropic-version"):
        await provider.openai.post("/messages", body=asked(), cast_to=object)


async def test_the_vendors_client_reads_answers_and_streams(provider: Provider) -> None:
    message = await provider.anthropic.messages.create(**asked())
    async with provider.anthropic.messages.stream(**asked("reasoning-1", thinking=THINKING)) as stream:
        final = await stream.get_final_message()
    assert final.content[1].text == message.content[0].text == "This is a simulated answer to: How many penguins?"
