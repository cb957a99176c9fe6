"""A Responses caller gets an answer of either other dialect, whole or streamed, as a response."""

import json
from typing import Any

import pytest

from fixtures.translation.provider_wires import (
    DONE,
    MESSAGE_STOP,
    RESPONSES_USAGE,
    Call,
    Said,
    call_block,
    call_chunk,
    chat_stream,
    chunk,
    completion,
    messages_stream,
    text_block,
)
from fixtures.translation.provider_wires import message as message_body
from fixtures.translation.vendor_clients import accumulated_response
from fixtures.translation.vendor_shapes import response, response_events
from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.translation.base import Translation
from llm_gateway.translation.registry import translation
from llm_gateway.translation.responses_to_chat.translation import ResponsesToChat

ASKED: dict[str, Any] = {
    "model": "m",
    "input": "How many penguins?",
    "stream": True,
    "instructions": "Be brief.",
    "tools": [{"type": "function", "name": "count", "parameters": {"type": "object"}, "strict": False}],
    "tool_choice": {"type": "function", "name": "count"},
    "reasoning": {"effort": "high", "summary": "auto"},
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "metadata": {"k": "v"},
    "temperature": 0.5,
    "max_output_tokens": 9,
    "parallel_tool_calls": False,
}
COUNT = Call(id="call_1", name="count", arguments='{"of": "penguins"}')
NOW = Call(id="call_2", name="now", arguments="{}")
SAID = Said(text="344", calls=(COUNT, NOW), finish_reason="tool_calls")


def chained() -> Translation:
    found = translation(Dialect.RESPONSES, Dialect.MESSAGES)
    assert found is not None
    return found


def whole(body: bytes, *, asked: Any = ASKED, through: Translation | None = None) -> dict[str, Any]:
    return response((through or ResponsesToChat()).whole(body, asked=asked))


def streamed(events: list[bytes], *, end: bytes = DONE, through: Translation | None = None) -> list[bytes]:
    translator = (through or ResponsesToChat()).events(asked=ASKED)
    return [told for one in events for told in translator.feed(one)] + translator.end(end)


def of_message(text: str, status: str = "completed") -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"type": "message", "id": "msg_chatcmpl-1", "role": "assistant", "status": status, "content": [part]}


def of_call(index: int, call: Call) -> dict[str, Any]:
    return {
        "type": "function_call",
        "id": f"fc_chatcmpl-1_{index}",
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments,
        "status": "completed",
    }


def test_a_completion_is_a_response_that_repeats_what_was_asked() -> None:
    told = whole(completion(SAID))
    assert told["output"] == [of_message("344"), of_call(0, COUNT), of_call(1, NOW)]
    assert (told["id"], told["created_at"], told["status"]) == ("chatcmpl-1", 1_700_000_000, "completed")
    assert (told["model"], told["usage"]) == ("gpt-x", RESPONSES_USAGE)
    repeated = {name: value for name, value in ASKED.items() if name not in {"model", "input", "stream"}}
    assert {name: told[name] for name in repeated} == repeated


def test_where_nothing_was_asked_the_usual_is_repeated() -> None:
    told = whole(completion(SAID), asked={"model": "m", "input": "x", "tools": None})
    assert (told["tools"], told["tool_choice"], told["parallel_tool_calls"]) == ([], "auto", True)
    assert (told["text"], told["instructions"], told["temperature"]) == ({"format": {"type": "text"}}, None, None)


@pytest.mark.parametrize(("reason", "why"), [("length", "max_output_tokens"), ("content_filter", "content_filter")])
def test_an_answer_that_was_cut_off_says_why(reason: str, why: str) -> None:
    said = Said(text="344", finish_reason=reason)
    told = whole(completion(said))
    assert (told["status"], told["incomplete_details"]) == ("incomplete", {"reason": why})
    assert told["output"] == [of_message("344", "incomplete")]
    *_, last = response_events(streamed(chat_stream(said, texts=["344"], arguments=[])))
    assert (last["type"], last["response"]) == ("response.incomplete", told)


def test_a_refusal_is_a_part_of_its_own() -> None:
    [item] = whole(completion(Said(), refusal="No."))["output"]
    assert item["content"] == [{"type": "refusal", "refusal": "No."}]
    events = response_events(
        streamed([chunk({"refusal": "N"}), chunk({"refusal": "o."}), chunk({}, finish_reason="stop")])
    )
    assert [one["type"] for one in events[2:-1]] == [
        "response.output_item.added",
        "response.content_part.added",
        "response.refusal.delta",
        "response.refusal.delta",
        "response.refusal.done",
        "response.content_part.done",
        "response.output_item.done",
    ]
    assert events[-1]["response"]["output"] == [item]


def test_words_and_a_refusal_are_parts_one_behind_the_other() -> None:
    events = response_events(
        streamed([chunk({"content": "344"}), chunk({"refusal": "No."}), chunk({}, finish_reason="stop")])
    )
    places = [
        one["content_index"] for one in events if one["type"].endswith((".delta", ".done")) and "content_index" in one
    ]
    assert places == [0, 1, 0, 0, 1, 1]
    assert events[-1]["response"]["output"] == whole(completion(Said(text="344"), refusal="No."))["output"]


def test_an_answer_without_usage_has_none() -> None:
    body = json.loads(completion(SAID)) | {"usage": None}
    assert whole(json.dumps(body).encode())["usage"] is None
    *_, last = response_events(streamed([chunk({"content": "344"}, finish_reason="stop")]))
    assert last["response"]["usage"] is None


@pytest.mark.parametrize("body", [b"", b"{", b'{"choices": []}', b'{"choices": [{"index": 0}]}'])
def test_what_is_no_completion_is_no_answer(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        ResponsesToChat().whole(body, asked=ASKED)


def test_a_stream_tells_each_item_as_it_grows() -> None:
    events = response_events(
        streamed(
            [
                chunk({"role": "assistant", "content": ""}),
                chunk({"content": "34"}),
                chunk({"content": "4"}),
                call_chunk(0, "", COUNT),
                call_chunk(1, "{", NOW),
                call_chunk(0, COUNT.arguments),
                call_chunk(1, "}"),
                chunk({}, finish_reason="tool_calls"),
            ]
        )
    )
    assert [(one["type"].removeprefix("response."), one.get("output_index"), one.get("delta")) for one in events] == [
        ("created", None, None),
        ("in_progress", None, None),
        ("output_item.added", 0, None),
        ("content_part.added", 0, None),
        ("output_text.delta", 0, "34"),
        ("output_text.delta", 0, "4"),
        ("output_item.added", 1, None),
        ("output_item.added", 2, None),
        ("function_call_arguments.delta", 2, "{"),
        ("function_call_arguments.delta", 1, COUNT.arguments),
        ("function_call_arguments.delta", 2, "}"),
        ("output_text.done", 0, None),
        ("content_part.done", 0, None),
        ("output_item.done", 0, None),
        ("function_call_arguments.done", 1, None),
        ("output_item.done", 1, None),
        ("function_call_arguments.done", 2, None),
        ("output_item.done", 2, None),
        ("completed", None, None),
    ]
    assert events[-1]["response"]["output"] == [of_message("344"), of_call(0, COUNT), of_call(1, NOW)]


def test_what_a_server_tells_of_its_thoughts_is_a_summary() -> None:
    events = [chunk({"reasoning_content": "H"}), chunk({"reasoning_content": "m."}), chunk({"content": "344"})]
    told = response_events(streamed([*events, chunk({}, finish_reason="stop")]))
    assert [one["delta"] for one in told if one["type"] == "response.reasoning_summary_text.delta"] == ["H", "m."]
    thought = {
        "type": "reasoning",
        "id": "rs_chatcmpl-1",
        "summary": [{"type": "summary_text", "text": "Hm."}],
        "status": "completed",
    }
    assert told[-1]["response"]["output"] == [thought, of_message("344")]
    assert whole(completion(Said(text="344"), reasoning_content="Hm."))["output"] == [thought, of_message("344")]


def test_a_stream_of_nothing_is_a_response_of_nothing() -> None:
    told = response_events(streamed([]))
    assert [one["type"] for one in told] == ["response.created", "response.in_progress", "response.completed"]
    assert told[-1]["response"]["output"] == []


def test_the_vendors_client_makes_of_the_stream_what_the_whole_is() -> None:
    stream = chat_stream(
        SAID, texts=["34", "4"], arguments=[(0, COUNT.arguments[:5]), (1, "{}"), (0, COUNT.arguments[5:])]
    )
    events = streamed(stream)
    assert response_events(events)[-1]["response"] == whole(completion(SAID))
    found = accumulated_response(events)
    assert [item["type"] for item in found["output"]] == ["message", "function_call", "function_call"]
    assert found["output"][1]["arguments"] == COUNT.arguments
    assert found["usage"] == RESPONSES_USAGE


def test_a_message_is_a_response_with_what_was_thought() -> None:
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    deltas = [{"type": "thinking_delta", "thinking": "Hm."}, {"type": "signature_delta", "signature": "s"}]
    stream = messages_stream(
        (thinking, deltas), text_block("34", "4"), call_block(COUNT, COUNT.arguments), stop_reason="tool_use"
    )
    events = response_events(streamed(stream, end=MESSAGE_STOP, through=chained()))
    body = message_body(
        {**thinking, "thinking": "Hm."},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "344"},
        {"type": "tool_use", "id": "call_1", "name": "count", "input": {"of": "penguins"}},
        stop_reason="tool_use",
    )
    told = whole(body, through=chained())
    assert [item["type"] for item in told["output"]] == ["reasoning", "message", "function_call"]
    assert told["output"][0]["summary"] == [{"type": "summary_text", "text": "Hm."}]
    assert (told["usage"], told["status"]) == (RESPONSES_USAGE, "completed")
    last = events[-1]["response"]
    assert {**last, "created_at": told["created_at"]} == told
