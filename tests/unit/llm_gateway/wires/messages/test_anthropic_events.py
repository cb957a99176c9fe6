"""Anthropic's streams are read event by event, and their usage is all of the input however it is told."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventKind
from llm_gateway.wires.messages.events import MessagesReader, read_usage

START_USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 200,
    "cache_read_input_tokens": 3000,
    "cache_creation": {"ephemeral_5m_input_tokens": 150, "ephemeral_1h_input_tokens": 50},
    "output_tokens": 1,
}
START = {"type": "message_start", "message": {"id": "msg_1", "usage": START_USAGE}}
TEXT = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 'é "type":"error" \n\n'}}
DELTA = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}
STOP = {"type": "message_stop"}
WHOLE = Usage(
    input_tokens=3210, output_tokens=7, cached_input_tokens=3000, cache_write_tokens=200, cache_write_1h_tokens=50
)


def wire(*documents: dict[str, Any], newline: str = "\n") -> bytes:
    return "".join(
        f"event: {one['type']}{newline}data: {json.dumps(one, ensure_ascii=False)}{newline}{newline}"
        for one in documents
    ).encode()


@given(cuts=st.lists(st.integers(0, 900)), newline=st.sampled_from(["\n", "\r\n"]))
def test_events_do_not_depend_on_where_the_bytes_are_cut_and_pass_on_as_they_came(
    cuts: list[int], newline: str
) -> None:
    whole = wire(START, {"type": "ping"}, TEXT, DELTA, STOP, newline=newline)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    reader = MessagesReader()
    events = [event for start, end in pairwise(edges) for event in reader.feed(whole[start:end])]
    content = EventKind.CONTENT
    assert [event.kind for event in events] == [content, content, content, EventKind.USAGE, EventKind.DONE]
    assert b"".join(event.wire for event in events) == whole
    assert events[3].usage == WHOLE


def test_the_last_word_on_the_input_holds() -> None:
    reader = MessagesReader()
    told = {**DELTA, "usage": {"input_tokens": 12, "cache_read_input_tokens": 0, "output_tokens": 7}}
    *_, last = reader.feed(wire(START, told))
    assert last.usage == Usage(input_tokens=212, output_tokens=7, cache_write_tokens=200, cache_write_1h_tokens=50)


def test_output_without_any_word_on_the_input_is_no_usage() -> None:
    [event] = MessagesReader().feed(wire(DELTA))
    assert (event.kind, event.usage) == (EventKind.CONTENT, None)


def test_a_plain_answers_usage_is_all_of_the_input() -> None:
    body = {"type": "message", "content": [], "usage": {**START_USAGE, "output_tokens": 7}}
    assert read_usage(json.dumps(body).encode()) == WHOLE
    assert read_usage(b'{"type": "message", "content": []}') is None


def test_what_a_cache_was_written_for_is_never_less_than_its_parts() -> None:
    usage = {**START_USAGE, "cache_creation_input_tokens": None}
    read = read_usage(json.dumps({"type": "message", "content": [], "usage": usage}).encode())
    assert read is not None
    assert read.cache_write_tokens == 200


@pytest.mark.parametrize("body", [b"", b"{", b'{"type": "error", "error": {}}', b'{"type": "message"}', b"\xff"])
def test_what_is_no_answer_is_a_failure_whose_bill_is_unknown(body: bytes) -> None:
    with pytest.raises(UpstreamFailed) as failure:
        read_usage(body)
    assert (failure.value.code, failure.value.billing) == ("upstream_malformed", "unknown")


@pytest.mark.parametrize("data", ['{"type": "content_blo', "nonsense", "{}", '{"type": "message_delta", "usage": 1}'])
def test_what_is_no_event_is_a_failure_whose_bill_is_unknown(data: str) -> None:
    with pytest.raises(UpstreamFailed) as failure:
        MessagesReader().feed(f"event: x\ndata: {data}\n\n".encode())
    assert (failure.value.code, failure.value.billing) == ("upstream_malformed", "unknown")


def test_an_error_event_is_known_for_what_it_is_and_its_words_stay_here() -> None:
    [event] = MessagesReader().feed(wire({"type": "error", "error": {"type": "overloaded_error", "message": "secret"}}))
    assert (event.kind, event.wire) == (EventKind.ERROR, b"")
