"""Streams are read event by event, however the bytes are cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.base import EventKind
from llm_gateway.wires.chat.events import CompletionsReader

CONTENT = {"id": "1", "choices": [{"index": 0, "delta": {"content": 'é "usage":null x'}}], "usage": None}
USAGE = {"id": "1", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}}


def wire(*documents: object, newline: str = "\n") -> bytes:
    texts = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False) for text in documents]
    return "".join(f"data: {text}{newline}{newline}" for text in texts).encode()


@given(cuts=st.lists(st.integers(0, 400)), newline=st.sampled_from(["\n", "\r\n"]), wants_usage=st.booleans())
def test_events_do_not_depend_on_where_the_bytes_are_cut(cuts: list[int], newline: str, *, wants_usage: bool) -> None:
    whole = b": ping\n\n" + wire(CONTENT, CONTENT, USAGE, "[DONE]", newline=newline)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    reader = CompletionsReader(wants_usage=wants_usage)
    events = []
    for start, end in pairwise(edges):
        events += reader.feed(whole[start:end])
    assert [event.kind for event in events] == [
        EventKind.CONTENT,
        EventKind.CONTENT,
        EventKind.USAGE,
        EventKind.DONE,
    ]
    assert [event.kind for event in reader.feed(wire("[DONE]"))] == [EventKind.DONE], "nothing was left over"
    usage = events[2].usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (5, 7)
    assert bool(events[2].wire) is wants_usage


def test_the_null_usage_goes_but_the_same_words_in_a_text_stay() -> None:
    [event] = CompletionsReader(wants_usage=False).feed(wire(CONTENT))
    document = json.loads(event.wire.removeprefix(b"data: "))
    assert "usage" not in document
    assert document["choices"] == CONTENT["choices"]


@pytest.mark.parametrize("text", ['{"choices": [{"del', "nonsense", '{"usage": {"prompt_tokens": "many"}}', "\x00"])
def test_what_is_no_event_is_a_failure_whose_bill_is_unknown(text: str) -> None:
    with pytest.raises(UpstreamFailed) as failure:
        CompletionsReader(wants_usage=True).feed(wire(text))
    assert (failure.value.code, failure.value.billing) == ("upstream_malformed", "unknown")


def test_an_error_event_is_known_for_what_it_is() -> None:
    [event] = CompletionsReader(wants_usage=True).feed(wire({"error": {"message": "secret"}}))
    assert (event.kind, event.wire) == (EventKind.ERROR, b"")
