"""A messages caller gets a chat completion, whole or streamed, as if messages had been spoken all along."""

import json
from typing import Any

import pytest

from fixtures.translation.provider_wires import (
    CHAT_USAGE,
    DONE,
    MESSAGES_USAGE,
    Call,
    Said,
    call_chunk,
    chat_stream,
    chunk,
    completion,
)
from fixtures.translation.vendor_clients import accumulated_message
from fixtures.translation.vendor_shapes import message, message_events
from llm_gateway.translation.messages_to_chat.translation import MessagesToChat

COUNT = Call(id="call_1", name="count", arguments='{"of": "penguins"}')
NOW = Call(id="call_2", name="now", arguments="")
TEXT = {"type": "text", "text": "344"}


def whole(body: bytes) -> dict[str, Any]:
    return message(MessagesToChat().whole(body, asked={}))


def streamed(events: list[bytes]) -> list[bytes]:
    translator = MessagesToChat().events(asked={})
    return [told for one in events for told in translator.feed(one)] + translator.end(DONE)


def blocks(events: list[bytes]) -> list[dict[str, Any]]:
    """The events between the message's start and its end, without their type's common prefix."""
    return [
        {**one, "type": one["type"].removeprefix("content_block_")} for one in message_events(streamed(events))[1:-2]
    ]


def text_deltas(index: int, *texts: str) -> list[dict[str, Any]]:
    return [{"type": "delta", "index": index, "delta": {"type": "text_delta", "text": text}} for text in texts]


def call_deltas(index: int, *fragments: str) -> list[dict[str, Any]]:
    return [
        {"type": "delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": fragment}}
        for fragment in fragments
    ]


def start(index: int, block: dict[str, Any]) -> dict[str, Any]:
    return {"type": "start", "index": index, "content_block": block}


def stop(index: int) -> dict[str, Any]:
    return {"type": "stop", "index": index}


def begun(call: Call) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}


def test_a_completion_is_a_message() -> None:
    assert whole(completion(Said(text="344"))) == {
        "id": "chatcmpl-1",
        "type": "message",
        "role": "assistant",
        "model": "gpt-x",
        "content": [TEXT],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": MESSAGES_USAGE,
    }


def test_calls_are_blocks_with_their_ids_and_their_input_as_it_came() -> None:
    precise = Call(id="call_3", name="weigh", arguments='{"kg": 4.10, "n": 12345678901234567890123}')
    body = MessagesToChat().whole(completion(Said(text="344", calls=(COUNT, NOW, precise))), asked={})
    assert b'"input":{"kg": 4.10, "n": 12345678901234567890123}' in body
    assert message(body)["content"][:3] == [TEXT, {**begun(COUNT), "input": {"of": "penguins"}}, begun(NOW)]


REASONS = [
    ("stop", "end_turn"),
    ("length", "max_tokens"),
    ("tool_calls", "tool_use"),
    ("function_call", "tool_use"),
    ("content_filter", "refusal"),
    ("a_new_one", "end_turn"),
]


@pytest.mark.parametrize(("reason", "told"), REASONS)
def test_an_answer_ends_for_the_same_reason(reason: str, told: str) -> None:
    said = Said(text="344", finish_reason=reason)
    assert whole(completion(said))["stop_reason"] == told
    events = message_events(streamed(chat_stream(said, texts=["344"], arguments=[])))
    assert events[-2]["delta"] == {"stop_reason": told, "stop_sequence": None}


def test_a_call_that_was_named_stops_for_a_tool_although_the_provider_just_stops() -> None:
    said = Said(calls=(COUNT,), finish_reason="stop")
    assert whole(completion(said))["stop_reason"] == "tool_use"
    events = message_events(streamed(chat_stream(said, texts=[], arguments=[(0, COUNT.arguments)])))
    assert events[-2]["delta"]["stop_reason"] == "tool_use"


def test_a_refusal_is_words_and_a_reason() -> None:
    told = whole(completion(Said(), refusal="No."))
    assert (told["content"], told["stop_reason"]) == ([{"type": "text", "text": "No."}], "refusal")
    events = [chunk({"role": "assistant"}), chunk({"refusal": "No"}), chunk({"refusal": "."}, finish_reason="stop")]
    assert blocks(events) == [start(0, {"type": "text", "text": ""}), *text_deltas(0, "No", "."), stop(0)]
    assert message_events(streamed(events))[-2]["delta"]["stop_reason"] == "refusal"


def test_an_answer_of_nothing_has_no_blocks() -> None:
    assert whole(completion(Said()))["content"] == []
    assert blocks(chat_stream(Said(), texts=[], arguments=[])) == []


def test_an_answer_without_usage_took_nothing_that_is_known() -> None:
    body = json.loads(completion(Said(text="344"))) | {"usage": None}
    usage = whole(json.dumps(body).encode())["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (0, 0)


def test_arguments_that_were_cut_off_are_told_as_far_as_they_came() -> None:
    cut = Call(id="call_1", name="count", arguments='{"of": "penguins", "wi')
    told = whole(completion(Said(calls=(cut,), finish_reason="length")))
    assert (told["content"][0]["input"], told["stop_reason"]) == ({"of": "penguins"}, "max_tokens")


@pytest.mark.parametrize("arguments", ['{"of": ', "[1]", '"x"', pytest.param('{"a":' + "[" * 100_000, id="deep")])
@pytest.mark.parametrize("reason", ["tool_calls", "length"])
def test_arguments_that_are_no_object_are_no_answer(arguments: str, reason: str) -> None:
    said = Said(calls=(Call(id="c", name="f", arguments=arguments),), finish_reason=reason)
    if (arguments, reason) == ('{"of": ', "length"):
        assert whole(completion(said))["content"][0]["input"] == {}
        return
    with pytest.raises(ValueError, match=r"."):
        MessagesToChat().whole(completion(said), asked={})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"index": 0}]}',
        b'{"choices": [{"index": 1, "message": {}}]}',
    ],
)
def test_what_is_no_completion_is_no_answer(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        MessagesToChat().whole(body, asked={})


def test_a_stream_begins_with_no_usage_and_ends_with_all_of_it() -> None:
    events = message_events(streamed(chat_stream(Said(text="344"), texts=["34", "4"], arguments=[])))
    assert events[0]["message"] == {
        "id": "chatcmpl-1",
        "type": "message",
        "role": "assistant",
        "model": "gpt-x",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }
    assert events[-2]["usage"] == MESSAGES_USAGE


def test_usage_may_come_with_the_reason_or_never() -> None:
    with_reason = [chunk({"content": "344"}), chunk({}, finish_reason="stop", usage=CHAT_USAGE)]
    assert message_events(streamed(with_reason))[-2]["usage"] == MESSAGES_USAGE
    never = message_events(streamed([chunk({"content": "344"}), chunk({}, finish_reason="stop", usage=None)]))
    assert (never[-2]["usage"]["input_tokens"], never[-2]["usage"]["output_tokens"]) == (0, 0)


def test_words_and_the_first_call_go_on_at_once() -> None:
    translator = MessagesToChat().events(asked={})
    events = [
        chunk({"role": "assistant", "content": ""}),
        chunk({"content": "344"}),
        call_chunk(0, '{"of"', COUNT),
        call_chunk(0, ": 1}"),
    ]
    assert [len(translator.feed(one)) for one in events] == [1, 2, 3, 1]


def test_calls_that_come_mixed_are_blocks_one_after_the_other() -> None:
    events = [
        chunk({"content": "344"}),
        call_chunk(0, "", COUNT),
        call_chunk(0, '{"of": '),
        call_chunk(1, "", NOW),
        call_chunk(1, "{"),
        call_chunk(0, '"penguins"}'),
        call_chunk(1, "}"),
        chunk({"content": " in all"}),
        chunk({}, finish_reason="tool_calls"),
    ]
    assert blocks(events) == [
        start(0, {"type": "text", "text": ""}),
        *text_deltas(0, "344"),
        stop(0),
        start(1, begun(COUNT)),
        *call_deltas(1, '{"of": ', '"penguins"}'),
        stop(1),
        start(2, begun(NOW)),
        *call_deltas(2, "{}"),
        stop(2),
        start(3, {"type": "text", "text": ""}),
        *text_deltas(3, " in all"),
        stop(3),
    ]


def test_several_fragments_may_come_in_one_chunk_and_without_an_index() -> None:
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in (COUNT, NOW)
    ]
    assert blocks([chunk({"tool_calls": calls}, finish_reason="tool_calls")]) == [
        start(0, begun(COUNT)),
        *call_deltas(0, COUNT.arguments),
        stop(0),
        start(1, begun(NOW)),
        stop(1),
    ]


def test_what_is_not_of_the_answer_makes_no_event() -> None:
    translator = MessagesToChat().events(asked={})
    for nothing in (chunk(), chunk(prompt_filter_results=[]), chunk(usage=CHAT_USAGE)):
        assert translator.feed(nothing) == []
    other = json.dumps({"choices": [{"index": 1, "delta": {"content": "x"}}]})
    assert translator.feed(f"data: {other}\r\n\r\n".encode()) == []


def test_what_is_thought_is_dropped() -> None:
    assert blocks([chunk({"reasoning_content": "Hm."}), chunk({"content": "344"}, finish_reason="stop")]) == [
        start(0, {"type": "text", "text": ""}),
        *text_deltas(0, "344"),
        stop(0),
    ]


def test_a_stream_of_nothing_is_a_message_of_nothing() -> None:
    assert [one["type"] for one in message_events(streamed([]))] == ["message_start", "message_delta", "message_stop"]


def test_the_vendors_client_makes_of_the_stream_what_the_whole_is() -> None:
    said = Said(text="344", calls=(COUNT, NOW), finish_reason="tool_calls")
    stream = chat_stream(
        said, texts=["34", "4"], arguments=[(0, COUNT.arguments[:5]), (1, ""), (0, COUNT.arguments[5:])]
    )
    found = accumulated_message(streamed(stream))
    assert found.pop("stop_details") is None
    assert found == whole(completion(said))


def test_a_malformed_event_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        MessagesToChat().events(asked={}).feed(b'data: {"choices": 1}\n\n')
