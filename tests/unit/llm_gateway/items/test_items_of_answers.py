"""The items of an answer, and what each takes beside its bytes when a later call names it."""

import json
from typing import Any

import pytest

from llm_gateway.exchange.usage import Usage
from llm_gateway.items.answered import Item, items_of_body, items_of_ending, weights_only

USAGE = Usage(input_tokens=70, output_tokens=7)
UNKNOWN = 1_000_000


def tokens_of(item: dict[str, Any], usage: Usage | None = USAGE) -> int:
    [read] = items_of_body(json.dumps({"output": [item]}).encode(), usage)
    assert json.loads(read.raw) == item
    return read.tokens


def test_a_message_takes_its_bytes_only() -> None:
    assert tokens_of({"id": "m", "type": "message"}) == 0


def test_a_search_may_take_as_much_as_the_whole_call() -> None:
    assert tokens_of({"id": "s", "type": "web_search_call"}) == 77
    assert tokens_of({"id": "s", "type": "web_search_call"}, None) == UNKNOWN


def test_thoughts_that_the_provider_keeps_may_take_the_whole_answer() -> None:
    assert tokens_of({"id": "r", "type": "reasoning"}) == 7
    assert tokens_of({"id": "r", "type": "reasoning"}, None) == UNKNOWN
    assert tokens_of({"id": "r", "type": "reasoning", "encrypted_content": "x"}) == 0


def test_an_item_without_a_name_is_passed_over_and_those_after_it_are_not() -> None:
    body = json.dumps({"output": [{"type": "message"}, {"id": "b"}]}).encode()
    assert [item.id for item in items_of_body(body, USAGE)] == ["b"]


@pytest.mark.parametrize("body", [b"{}", b'{"output": null}', b"<html>", b"\xff"])
def test_what_has_no_items_has_none(body: bytes) -> None:
    assert items_of_body(body, USAGE) == []


def test_the_last_event_of_a_stream_has_them_in_its_response() -> None:
    event = b'event: response.completed\ndata: {"response": {"output": [{"id": "a"}]}}\n\n'
    assert [item.id for item in items_of_ending(event, USAGE)] == ["a"]


@pytest.mark.parametrize("data", [b"{}", b"nonsense"])
def test_an_event_without_a_response_has_none(data: bytes) -> None:
    assert items_of_ending(b"data: " + data + b"\n\n", USAGE) == []


def test_of_an_answer_that_is_not_kept_only_the_weights_remain() -> None:
    assert weights_only([Item("a", b"{}"), Item("b", b"{}", 1)]) == [Item("b", b"", 1)]
