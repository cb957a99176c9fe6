"""A chat completions caller gets a message, whole or streamed, as if chat completions had been spoken all along."""

from typing import Any

import pytest

from fixtures.translation.provider_wires import (
    CHAT_USAGE,
    MESSAGE_STOP,
    Call,
    call_block,
    event,
    message,
    messages_stream,
    text_block,
)
from fixtures.translation.vendor_clients import accumulated_completion
from fixtures.translation.vendor_shapes import chunks, completion
from llm_gateway.translation.chat_to_messages.translation import ChatToMessages

NOON = 1_700_000_000
CHAT = ChatToMessages(clock=lambda: NOON + 0.5)
WITH_USAGE = {"stream_options": {"include_usage": True}}
COUNT = Call(id="toolu_1", name="count", arguments='{"of": "penguins"}')
NOW = Call(id="toolu_2", name="now", arguments="{}")
THOUGHT = ({"type": "thinking", "thinking": "", "signature": ""}, [{"type": "thinking_delta", "thinking": "Hm."}])


def whole(body: bytes) -> dict[str, Any]:
    return completion(CHAT.whole(body, asked={}))


def streamed(events: list[bytes], *, asked: Any = WITH_USAGE) -> list[bytes]:
    translator = CHAT.events(asked=asked)
    return [told for one in events for told in translator.feed(one)] + translator.end(MESSAGE_STOP)


def choices(events: list[bytes], *, asked: Any = WITH_USAGE) -> list[tuple[dict[str, Any], str | None]]:
    found = [choice for chunk in chunks(streamed(events, asked=asked)) for choice in chunk["choices"]]
    return [(choice["delta"], choice["finish_reason"]) for choice in found]


def test_a_message_is_a_completion_with_one_choice() -> None:
    assert whole(message({"type": "text", "text": "344, "}, {"type": "text", "text": "all told."})) == {
        "id": "msg_1",
        "object": "chat.completion",
        "created": NOON,
        "model": "claude-x",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "344, all told.", "refusal": None},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": CHAT_USAGE,
    }


def test_calls_keep_their_ids_and_what_was_thought_is_dropped() -> None:
    [choice] = whole(
        message(
            {"type": "thinking", "thinking": "Hm.", "signature": "s"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "tool_use", "id": "toolu_1", "name": "count", "input": {"of": "penguins", "n": 1.0}},
            {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
            stop_reason="tool_use",
        )
    )["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [
            {
                "id": "toolu_1",
                "type": "function",
                "function": {"name": "count", "arguments": '{"of": "penguins", "n": 1.0}'},
            },
            {"id": "toolu_2", "type": "function", "function": {"name": "now", "arguments": "{}"}},
        ],
    }


REASONS = [
    ("end_turn", "stop"),
    ("stop_sequence", "stop"),
    ("max_tokens", "length"),
    ("model_context_window_exceeded", "length"),
    ("pause_turn", "length"),
    ("tool_use", "tool_calls"),
    ("refusal", "content_filter"),
    ("a_new_one", "stop"),
]


@pytest.mark.parametrize(("reason", "told"), REASONS)
def test_an_answer_ends_for_the_same_reason(reason: str, told: str) -> None:
    assert whole(message(stop_reason=reason))["choices"][0]["finish_reason"] == told
    assert choices(messages_stream(stop_reason=reason))[-1] == ({}, told)


def test_a_refusal_is_told_with_its_reason() -> None:
    details = {"type": "refusal", "explanation": "Penguins are private."}
    [choice] = whole(message(stop_reason="refusal", stop_details=details))["choices"]
    assert choice["message"]["refusal"] == "Penguins are private."
    events = messages_stream(text_block("W"), stop_reason="refusal", stop_details=details)
    assert choices(events)[-2:] == [({"refusal": "Penguins are private."}, None), ({}, "content_filter")]


def test_usage_includes_what_a_cache_was_read_and_written_for_by_the_hour_too() -> None:
    creation = {"ephemeral_5m_input_tokens": 150, "ephemeral_1h_input_tokens": 50}
    usage = {"input_tokens": 10, "cache_read_input_tokens": 3000, "cache_creation": creation, "output_tokens": 70}
    told = whole(message(usage=usage))["usage"]
    assert told["prompt_tokens"] == 3210
    assert told["prompt_tokens_details"] == {"cached_tokens": 3000, "cache_write_tokens": 200}


def test_a_message_without_usage_has_none() -> None:
    assert "usage" not in whole(message(usage=None))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"type": "error"}', b'{"type": "message", "content": "x"}', b"\xff"]
)
def test_what_is_no_message_is_no_answer(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        CHAT.whole(body, asked={})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_stream_is_the_role_then_words_and_calls_then_the_reason(newline: str) -> None:
    events = messages_stream(
        text_block("34", "4"),
        call_block(COUNT, '{"of": ', '"penguins"}'),
        call_block(NOW),
        stop_reason="tool_use",
        newline=newline,
    )
    assert choices(events) == [
        ({"role": "assistant", "content": None}, None),
        ({"content": "34"}, None),
        ({"content": "4"}, None),
        ({"tool_calls": [_call(0, "", id="toolu_1", name="count")]}, None),
        ({"tool_calls": [_call(0, '{"of": ')]}, None),
        ({"tool_calls": [_call(0, '"penguins"}')]}, None),
        ({"tool_calls": [_call(1, "", id="toolu_2", name="now")]}, None),
        ({"tool_calls": [_call(1, "{}")]}, None),
        ({}, "tool_calls"),
    ]


def test_words_go_on_at_once() -> None:
    translator = CHAT.events(asked={})
    start, ping, opened, said, *_ = messages_stream(text_block("344"))
    assert [len(translator.feed(one)) for one in (start, ping, opened, said)] == [1, 0, 0, 1]


def test_usage_is_told_when_it_was_asked_for_and_then_last() -> None:
    events = messages_stream(text_block("344"))
    told = chunks(streamed(events))
    assert (told[-1]["choices"], told[-1]["usage"]) == ([], CHAT_USAGE)
    assert all("usage" not in chunk for chunk in told[:-1])
    for asked in ({}, {"stream_options": None}, {"stream_options": {"include_usage": False}}):
        silent = chunks(streamed(events, asked=asked))
        assert silent == told[:-1]


def test_what_is_thought_and_what_is_unknown_does_not_disturb_a_stream() -> None:
    thought, deltas = THOUGHT
    events = messages_stream(
        (thought, [*deltas, {"type": "signature_delta", "signature": "s"}]),
        ({"type": "redacted_thinking", "data": "x"}, []),
        text_block("344"),
        (
            {"type": "server_tool_use", "id": "s", "name": "web", "input": {}},
            [{"type": "input_json_delta", "partial_json": "{"}],
        ),
        ({"type": "a_new_block"}, [{"type": "a_new_delta", "more": 1}]),
    )
    events.insert(2, event({"type": "a_new_event", "content": []}))
    assert choices(events)[1:-1] == [({"content": "344"}, None)]


def test_what_is_thought_is_kept_for_a_translation_that_stands_behind() -> None:
    keeping = ChatToMessages(clock=lambda: NOON, keeps_thinking=True)
    translator = keeping.events(asked={})
    events = [told for one in messages_stream(THOUGHT, text_block("344")) for told in translator.feed(one)]
    assert b'"delta":{"reasoning_content":"Hm."}' in events[1]
    body = message({"type": "thinking", "thinking": "Hm.", "signature": "s"}, {"type": "text", "text": "344"})
    assert b'"reasoning_content":"Hm."' in keeping.whole(body, asked={})


def test_the_vendors_client_makes_of_the_stream_what_the_whole_is() -> None:
    stream = messages_stream(
        THOUGHT, text_block("34", "4"), call_block(COUNT, COUNT.arguments), call_block(NOW), stop_reason="tool_use"
    )
    blocks: list[dict[str, Any]] = [
        {"type": "text", "text": "344"},
        {"type": "tool_use", "id": "toolu_1", "name": "count", "input": {"of": "penguins"}},
        {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
    ]
    expected = whole(message(*blocks, stop_reason="tool_use"))
    found = accumulated_completion(streamed(stream))
    [choice], [other] = found["choices"], expected["choices"]
    assert {name: choice["message"].get(name) for name in other["message"]} == other["message"]
    assert choice["finish_reason"] == other["finish_reason"]
    assert {name: found[name] for name in expected if name != "choices"} == {
        name: value for name, value in expected.items() if name != "choices"
    }


@pytest.mark.parametrize("data", ["{", '{"type": 1}', '{"type": "content_block_delta", "delta": {"text": 1}}'])
def test_a_malformed_event_is_an_error(data: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CHAT.events(asked={}).feed(f"event: x\ndata: {data}\n\n".encode())


def _call(index: int, arguments: str, *, id: str | None = None, name: str | None = None) -> dict[str, Any]:  # noqa: A002
    if id is None:
        return {"index": index, "function": {"arguments": arguments}}
    return {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
