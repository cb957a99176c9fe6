"""OpenAI's chat completions, as its SDK's types have them: plain and streamed say the same and cost the same."""

import json
from typing import Any

import jsonschema
import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.chat_completion import Choice

from fixtures.providers.provider_in_process import Provider
from simulated_provider.billing.prices import cost

PATH = "/v1/chat/completions"
USER: Any = {"role": "user", "content": "How many penguins?"}
PLACE = {"type": "object", "properties": {"place": {"type": "string"}, "days": {"type": "integer", "minimum": 2}}}
TOOLS = [{"type": "function", "function": {"name": name, "parameters": PLACE}} for name in ("weather", "tide")]
NAMED = {"type": "function", "function": {"name": "tide"}}
ALLOWED = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [NAMED]}}


def calls_of(choice: Choice) -> list[Any]:
    return list(choice.message.tool_calls or ())


def asked(model: str = "default", *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": list(messages or [USER]), **more}


async def plain(provider: Provider, body: dict[str, Any]) -> ChatCompletion:
    answer = await provider.http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return ChatCompletion.model_validate_json(answer.content, strict=True)


async def streamed(provider: Provider, body: dict[str, Any]) -> list[ChatCompletionChunk]:
    events = await provider.events(PATH, {**body, "stream_options": {"include_usage": True}})
    return [ChatCompletionChunk.model_validate(event, strict=True) for event in events]


def called(chunks: list[ChatCompletionChunk]) -> list[tuple[str, str, str]]:
    """Id, name and arguments of each call of the first choice, put together from a stream."""
    calls: dict[int, list[str]] = {}
    for chunk in chunks:
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            about = calls.setdefault(call.index, ["", "", ""])
            about[0] += call.id or ""
            about[1] += call.function.name or ""
            about[2] += call.function.arguments or ""
    return [(one[0], one[1], one[2]) for one in calls.values()]


@pytest.mark.parametrize(
    "body",
    [
        asked(),
        asked("agent", tools=TOOLS),
        asked("multibyte-1", n=2),
        asked("reasoning-1"),
        asked("default", max_completion_tokens=3),
        asked("default", tools=TOOLS, tool_choice="required"),
        asked("default", response_format={"type": "json_object"}),
    ],
)
async def test_a_stream_says_and_costs_what_the_plain_answer_does(provider: Provider, body: dict[str, Any]) -> None:
    whole = await plain(provider, body)
    chunks = await streamed(provider, body)
    for index, choice in enumerate(whole.choices):
        mine = [part for chunk in chunks for part in chunk.choices if part.index == index]
        assert "".join(part.delta.content or "" for part in mine) == (choice.message.content or "")
        assert [part.finish_reason for part in mine if part.finish_reason] == [choice.finish_reason]
        assert choice.message.refusal is None
    calls = [
        (call.id, call.function.name, call.function.arguments) for call in whole.choices[0].message.tool_calls or []
    ]
    assert called(chunks) == calls
    assert (chunks[-1].usage, chunks[-1].choices) == (whole.usage, [])
    assert {chunk.usage for chunk in chunks[:-1]} == {None}
    assert (whole.system_fingerprint, whole.service_tier) == ("fp_simulated", "default")
    assert whole.usage is not None
    for line in provider.lines():
        assert (line.input_tokens, line.output_tokens) == (whole.usage.prompt_tokens, whole.usage.completion_tokens)
        assert line.reasoning_tokens == whole.usage.completion_tokens_details.reasoning_tokens
    assert len({line.request_id for line in provider.lines()}) == 2


async def test_usage_is_told_only_to_who_asks(provider: Provider) -> None:
    events = await provider.events(PATH, asked())
    assert [event for event in events if "usage" in event or not event["choices"]] == []


async def test_calls_may_be_several_and_their_results_are_answered(provider: Provider) -> None:
    first = (await plain(provider, asked("agent", tools=TOOLS))).choices[0]
    assert first.finish_reason == "tool_calls"
    weather, tide = calls_of(first)
    assert json.loads(tide.function.arguments) == {"place": "Ørsta 🐧"}
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": content}
        for call, content in ((tide, "high"), (weather, '{"celsius": -4}'))
    ]
    turn = {"role": "assistant", "content": "", "tool_calls": [call.model_dump() for call in (weather, tide)]}
    second = (await plain(provider, asked("agent", USER, turn, *results))).choices[0]
    assert (second.message.content, second.finish_reason) == ("It is -4 degrees.", "stop")
    [one] = calls_of((await plain(provider, asked("agent", parallel_tool_calls=False))).choices[0])
    assert one.function.name == "weather"


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, []),
        ({"tool_choice": "auto"}, []),
        ({"tool_choice": "none"}, []),
        ({"tool_choice": "required"}, ["weather", "tide"]),
        ({"tool_choice": "required", "parallel_tool_calls": False}, ["weather"]),
        ({"tool_choice": NAMED}, ["tide"]),
        ({"tool_choice": ALLOWED}, ["tide"]),
    ],
)
async def test_a_tool_that_must_be_called_is_called_as_its_schema_wants(
    provider: Provider, more: dict[str, Any], names: list[str]
) -> None:
    choice = (await plain(provider, asked(tools=TOOLS, **more))).choices[0]
    calls = choice.message.tool_calls or []
    assert [call.function.name for call in calls] == names
    assert choice.finish_reason == ("tool_calls" if names else "stop")
    for call in calls:
        jsonschema.validate(json.loads(call.function.arguments), {**PLACE, "required": ["place", "days"]})


async def test_an_answer_has_the_form_that_was_asked_for(provider: Provider) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "forecast", "schema": PLACE}}
    formed = await plain(provider, asked(response_format=form))
    jsonschema.validate(json.loads(formed.choices[0].message.content or ""), {**PLACE, "required": ["place", "days"]})
    free = await plain(provider, asked(response_format={"type": "json_object"}))
    assert isinstance(json.loads(free.choices[0].message.content or ""), dict)
    assert formed.usage.prompt_tokens > (await plain(provider, asked())).usage.prompt_tokens


@pytest.mark.parametrize("model", ["cached-1", "fault-delay=0+like=cached-1"])
async def test_what_stood_before_the_last_user_turn_is_read_from_the_cache(provider: Provider, model: str) -> None:
    before = [{"role": "system", "content": "x" * 4000}, USER, {"role": "assistant", "content": "344"}]
    first = await plain(provider, asked(model, *before[:2]))
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    second = await plain(provider, asked(model, *before, {"role": "user", "content": "And now?"}))
    cached = second.usage.prompt_tokens_details.cached_tokens
    assert cached is not None
    assert 1000 < cached < second.usage.prompt_tokens
    line = provider.lines()[1]
    assert line.cached_input_tokens == cached
    assert line.cost_usd == f"{price(model, second, cached=cached):f}" < f"{price(model, second, cached=0):f}"


def price(model: str, answer: ChatCompletion, *, cached: int) -> Any:
    usage = answer.usage
    return cost(
        model,
        cached_input_tokens=cached,
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
    )


async def test_reasoning_may_be_switched_off(provider: Provider) -> None:
    await plain(provider, asked("reasoning-1", reasoning_effort="none"))
    await plain(provider, asked("reasoning-1"))
    assert [line.reasoning_tokens > 0 for line in provider.lines()] == [False, True]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": [USER]}, "model"),
        ({"model": "m", "messages": []}, "messages"),
        (asked(n=0), "n"),
        (asked(max_tokens=True), "max_tokens"),
        (asked(tools=TOOLS, tool_choice={"type": "function", "function": {"name": "no"}}), "tool_choice"),
        (asked(tool_choice="required"), "tool_choice"),
        (asked(tools=[{"type": "function"}], tool_choice="required"), None),
        (asked(messages=[{"role": "user", "content": ["text"]}]), "messages"),
        (asked("fault-nonsense"), None),
    ],
)
async def test_what_is_no_request_is_refused_and_costs_nothing(
    provider: Provider, body: dict[str, Any], param: str | None
) -> None:
    answer = await provider.http.post(PATH, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert provider.lines() == []


async def test_the_vendors_client_reads_answers_and_streams(provider: Provider) -> None:
    client = provider.openai
    said = "This is a simulated answer to: How many penguins?"
    whole = await client.chat.completions.create(**asked())
    assert whole.choices[0].message.content == said
    async with client.chat.completions.stream(**asked()) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.content == said
    with pytest.raises(openai.BadRequestError, match="no such fault"):
        await client.chat.completions.create(model="fault-nonsense", messages=[USER])
