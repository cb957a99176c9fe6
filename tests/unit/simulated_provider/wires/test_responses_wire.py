"""OpenAI's Responses, as its SDK's types have them: each item is opened, filled and closed, and nothing is kept."""

import json
from typing import Any

import jsonschema
import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from fixtures.providers.provider_in_process import Provider

PATH = "/v1/responses"
PLACE = {
    "type": "object",
    "properties": {"place": {"type": "string"}},
    "required": ["place"],
    "additionalProperties": False,
}
TOOLS = [{"type": "function", "name": name, "parameters": PLACE, "strict": True} for name in ("weather", "tide")]
FORM = {"format": {"type": "json_schema", "name": "forecast", "schema": PLACE, "strict": True}}
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
OPENING = ["response.created", "response.in_progress"]
REASONING = ["response.output_item.added", "response.output_item.done"]
CALL = [
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
]


def message(pieces: int) -> list[str]:
    added = ["response.output_item.added", "response.content_part.added"]
    done = ["response.output_text.done", "response.content_part.done", "response.output_item.done"]
    return added + ["response.output_text.delta"] * pieces + done


def asked(model: str = "default", **more: Any) -> dict[str, Any]:
    return {"model": model, "input": "How many penguins?", **more}


async def plain(provider: Provider, body: dict[str, Any]) -> Response:
    answer = await provider.http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return Response.model_validate_json(answer.content, strict=True)


def comparable(response: Response) -> Any:
    """A response without the ids that each request has of its own."""
    document = response.model_dump(exclude={"id"})
    for item in document["output"]:
        del item["id"]
    return document


@pytest.mark.parametrize(
    ("body", "kinds", "last"),
    [
        (asked(), OPENING + message(10), "completed"),
        (asked("multibyte-1", store=False, metadata={"a": "b"}), OPENING + message(10), "completed"),
        (asked("agent", tools=TOOLS), OPENING + message(10) + CALL * 2, "completed"),
        (asked(tools=TOOLS, tool_choice="required"), OPENING + CALL * 2, "completed"),
        (asked(text=FORM), OPENING + message(10), "completed"),
        (asked(max_output_tokens=3), OPENING + message(10), "incomplete"),
        (asked("reasoning-1"), OPENING + REASONING + message(10), "completed"),
        (asked("reasoning-1", max_output_tokens=4), OPENING + REASONING, "incomplete"),
    ],
)
async def test_a_stream_is_the_true_sequence_of_events_and_ends_in_the_plain_response(
    provider: Provider, body: dict[str, Any], kinds: list[str], last: str
) -> None:
    whole = await plain(provider, body)
    events = [EVENT.validate_python(event, strict=True) for event in await provider.events(PATH, body)]
    assert [event.type for event in events] == [*kinds, f"response.{last}"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [events[0].response.status, events[0].response.usage] == ["in_progress", None]
    assert comparable(events[-1].response) == comparable(whole)
    done = [event.item for event in events if event.type == "response.output_item.done"]
    assert done == events[-1].response.output
    told = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert told == whole.output_text
    for line in provider.lines():
        assert (line.input_tokens, line.output_tokens) == (whole.usage.input_tokens, whole.usage.output_tokens)
        assert line.reasoning_tokens == whole.usage.output_tokens_details.reasoning_tokens
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens
    assert len(provider.lines()) == 2


async def test_what_was_cut_says_so(provider: Provider) -> None:
    cut = await plain(provider, asked(max_output_tokens=3))
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert (cut.output[0].status, cut.usage.output_tokens) == ("incomplete", 3)
    whole = await plain(provider, asked())
    assert (whole.status, whole.incomplete_details, whole.error) == ("completed", None, None)


async def test_a_summary_of_the_reasoning_is_told_to_who_asks(provider: Provider) -> None:
    body = asked("reasoning-1", reasoning={"effort": "low", "summary": "auto"})
    events = [EVENT.validate_python(event, strict=True) for event in await provider.events(PATH, body)]
    told = [event for event in events if "reasoning_summary" in event.type]
    assert [event.type.rpartition("reasoning_summary_")[2] for event in told] == [
        "part.added",
        "text.delta",
        "text.done",
        "part.done",
    ]
    assert told[1].delta == events[-1].response.output[0].summary[0].text


async def test_a_conversation_goes_on_from_its_items(provider: Provider) -> None:
    items: list[Any] = [{"role": "user", "content": [{"type": "input_text", "text": "The weather?"}]}]
    first = await plain(provider, asked("agent", input=items, instructions="Be brief.", tools=TOOLS))
    items.append({"type": "reasoning", "id": "rs_1", "summary": []})
    items += [item.model_dump(exclude_none=True) for item in first.output]
    outputs = ("high", '{"celsius": -4}')
    for call, output in zip(reversed(first.output[1:]), outputs, strict=True):
        items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})
    second = await plain(provider, asked("agent", input=items, instructions="Be brief.", tools=TOOLS))
    assert (second.output_text, second.instructions) == ("It is -4 degrees.", "Be brief.")
    assert second.usage.input_tokens > first.usage.input_tokens


async def test_what_was_said_before_is_cached(provider: Provider) -> None:
    items = [
        {"role": "user", "content": "x" * 4000},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "ok"}]},
        {"role": "user", "content": "And now?"},
    ]
    usage = (await plain(provider, asked("cached-1", input=items))).usage
    assert 1000 < usage.input_tokens_details.cached_tokens < usage.input_tokens
    assert provider.line().cached_input_tokens == usage.input_tokens_details.cached_tokens


async def test_images_count_as_declared(provider: Provider) -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64,xxxx", "detail": "low"}
    content = [{"type": "input_text", "text": "see"}, image]
    usage = (await plain(provider, asked("vision-1", input=[{"role": "user", "content": content}]))).usage
    assert 1024 < usage.input_tokens < 1100


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("none", []),
        ({"type": "function", "name": "tide"}, ["tide"]),
        ({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "tide"}]}, ["tide"]),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "tide"}]}, []),
    ],
)
async def test_a_tool_that_must_be_called_is_called(provider: Provider, choice: Any, names: list[str]) -> None:
    response = await plain(provider, asked(tools=TOOLS, tool_choice=choice))
    calls = [item for item in response.output if item.type == "function_call"]
    assert [call.name for call in calls] == names
    for call in calls:
        jsonschema.validate(json.loads(call.arguments), PLACE)


async def test_a_text_has_the_form_that_was_asked_for(provider: Provider) -> None:
    jsonschema.validate(json.loads((await plain(provider, asked(text=FORM))).output_text), PLACE)


@pytest.mark.parametrize(
    ("more", "param", "code"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
        ({"conversation": "conv_1"}, "conversation", "conversation_not_found"),
        ({"input": None}, "input", None),
        ({"input": []}, "input", None),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]", "invalid_value"),
        ({"input": [{"type": "function_call_output", "call_id": "c", "output": ""}]}, "input", None),
        ({"tools": [{"type": "code_interpreter"}]}, "tools[0].type", None),
        ({"max_output_tokens": 0}, "max_output_tokens", None),
        ({"background": True}, "background", None),
        ({"tool_choice": "required"}, "tool_choice", None),
        ({"model": None}, "model", None),
    ],
)
async def test_what_cannot_be_answered_is_refused_by_its_place(
    provider: Provider, more: dict[str, Any], param: str, code: str | None
) -> None:
    answer = await provider.http.post(PATH, json=asked(**more))
    error = answer.json()["error"]
    assert (answer.status_code, error["param"], error["code"]) == (400, param, code)
    assert provider.lines() == []


async def test_the_vendors_client_reads_answers_and_streams(provider: Provider) -> None:
    said = "This is a simulated answer to: How many penguins?"
    assert (await provider.openai.responses.create(**asked())).output_text == said
    async with provider.openai.responses.stream(**asked("agent", tools=TOOLS)) as stream:
        final = await stream.get_final_response()
    assert [item.type for item in final.output] == ["message", "function_call", "function_call"]
    with pytest.raises(openai.BadRequestError) as refused:
        await provider.openai.responses.create(**asked(previous_response_id="resp_1"))
    assert refused.value.code == "previous_response_not_found"
