"""The simulated provider speaks Anthropic's wire: the same answers, in native events, with a cache's accounts."""

import json
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulated_provider.answer import answer_to
from simulated_provider.anthropic_request import read_messages
from simulated_provider.anthropic_wire import AnthropicWire
from simulated_provider.faults import Faults
from simulated_provider.prices import cost
from simulated_provider.scripts import Turn
from simulated_provider.tokens import CacheUse

WIRE = AnthropicWire()
MARK = {"cache_control": {"type": "ephemeral"}}
HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
SCRIPTS = {
    "agent": (
        Turn("Let me look.", ({"name": "look", "arguments": {"at": "${prompt}"}},)),
        Turn("It is ${last.found}."),
    )
}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def asked(*messages: dict[str, Any], **more: Any) -> Any:
    return read_messages({"model": "agent", "max_tokens": 500, "messages": list(messages), **more})


def answer(*messages: dict[str, Any], **more: Any) -> Any:
    read = asked(*messages, **more)
    return answer_to(read.body, scripts=SCRIPTS, faults=Faults(), cache=read.cache)


def events_of(said: Any) -> list[dict[str, Any]]:
    streamed = chain(
        WIRE.chunks(said, "msg_1", include_usage=True), WIRE.ending(said, "msg_1", with_usage=True, absurd=False)
    )
    lines = b"".join(streamed).decode().split("\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_a_tool_result_answers_the_call_of_the_turn_before() -> None:
    user = {"role": "user", "content": "the sky"}
    first = json.loads(WIRE.whole(answer(user), "msg_1", with_usage=True, absurd=False))
    call = first["content"][1]
    assert (first["stop_reason"], call["name"], call["input"]) == ("tool_use", "look", {"at": "the sky"})
    result = {"type": "tool_result", "tool_use_id": call["id"], "content": '{"found": "blue"}'}
    turns = [user, {"role": "assistant", "content": first["content"]}, {"role": "user", "content": [result]}]
    second = json.loads(WIRE.whole(answer(*turns), "msg_1", with_usage=True, absurd=False))
    assert (second["content"], second["stop_reason"]) == ([text("It is blue.")], "end_turn")


def test_a_stream_says_what_the_plain_answer_says() -> None:
    said = answer({"role": "user", "content": "the sky"})
    events = events_of(said)
    kinds = [event["type"] for event in events]
    assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])
    assert kinds.count("content_block_start") == kinds.count("content_block_stop") == 2
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    assert "".join(delta.get("text", "") for delta in deltas) == "Let me look."
    assert json.loads("".join(delta.get("partial_json", "") for delta in deltas)) == {"at": "the sky"}
    assert events[-2]["usage"] == {"output_tokens": said.output_tokens}
    assert events[0]["message"]["usage"]["input_tokens"] == said.input_tokens


def test_a_mark_writes_the_first_time_and_is_read_after_the_next_assistant_turn() -> None:
    system, user = [text("x" * 400, **MARK)], {"role": "user", "content": [text("y" * 40)]}
    first = asked(user, system=system).cache
    assert first == CacheUse(written_5m=100)
    again = {"role": "user", "content": [text("z" * 80, **HOUR)]}
    later = asked(user, {"role": "assistant", "content": "ok!!"}, again, system=system).cache
    assert later == CacheUse(read=100, written_1h=10 + 1 + 20)


@given(words=st.lists(st.text(max_size=50), min_size=1, max_size=5), marks=st.lists(st.booleans(), min_size=5))
def test_input_of_every_kind_adds_up_to_what_is_counted(words: list[str], marks: list[bool]) -> None:
    blocks = [text(word, **(MARK if mark else {})) for word, mark in zip(words, marks, strict=False)]
    said = answer({"role": "user", "content": blocks})
    usage = events_of(said)[0]["message"]["usage"]
    parts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    assert min(usage[part] for part in parts) >= 0
    assert sum(usage[part] for part in parts) == said.input_tokens


def test_writing_to_a_cache_costs_its_premium() -> None:
    plain = cost("cached-1", input_tokens=1000, cached_input_tokens=0, output_tokens=0)
    costs = [
        cost("cached-1", input_tokens=1000, cached_input_tokens=use.read, output_tokens=0, cache=use)
        for use in (CacheUse(read=1000), CacheUse(written_5m=1000), CacheUse(written_1h=1000))
    ]
    assert [price / plain for price in costs] == [Decimal("0.1"), Decimal("1.25"), Decimal(2)]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "model"),
        ({"model": "m", "max_tokens": 1, "messages": []}, "messages"),
        ({"model": "m", "messages": [{"role": "user", "content": "x"}]}, "max_tokens"),
        ({"model": "m", "max_tokens": 1, "messages": [{"role": "tool", "content": "x"}]}, "role"),
    ],
)
def test_what_is_no_request_is_refused_by_the_place(body: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_messages(body)


def test_the_version_header_is_required() -> None:
    with pytest.raises(ValueError, match="anthropic-version"):
        WIRE.read({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}, {})
