"""Each wire's numbers become the same usage, in which the input has all of what a cache was read or written for."""

import json
from typing import Any

import pytest

from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.messages.usage import MessagesUsage, write_messages_usage
from llm_gateway.wires.openai.usage import (
    InputDetails,
    OutputDetails,
    make_usage,
    write_input_details,
    write_output_details,
)
from llm_gateway.wires.responses.events import read_usage as read_responses_usage

WHOLE = Usage(
    input_tokens=100,
    output_tokens=9,
    cached_input_tokens=30,
    cache_write_tokens=20,
    cache_write_1h_tokens=0,
    reasoning_tokens=4,
)


def test_messages_leave_out_of_the_input_what_the_cache_was_for() -> None:
    written = write_messages_usage(WHOLE)
    assert written["input_tokens"] == 50
    assert written["cache_creation_input_tokens"] == 20
    assert written["cache_read_input_tokens"] == 30
    assert written["output_tokens_details"] == {"thinking_tokens": 4}


@pytest.mark.parametrize(("cached", "written", "left"), [(99, 0, 1), (100, 0, 0), (60, 50, 0)])
def test_an_input_is_never_less_than_nothing(cached: int, written: int, left: int) -> None:
    usage = Usage(input_tokens=100, output_tokens=0, cached_input_tokens=cached, cache_write_tokens=written)
    assert write_messages_usage(usage)["input_tokens"] == left


def test_what_is_not_told_is_nothing() -> None:
    assert MessagesUsage().read() == Usage(input_tokens=0, output_tokens=0)
    assert MessagesUsage(input_tokens=7, output_tokens=1).read() == Usage(input_tokens=7, output_tokens=1)


def test_the_later_report_holds_where_it_says_something() -> None:
    merged = MessagesUsage(output_tokens=0).over(MessagesUsage(input_tokens=5, output_tokens=3))
    assert (merged.input_tokens, merged.output_tokens) == (5, 0)


def test_openais_details_are_read_and_written_and_may_be_absent() -> None:
    read = make_usage(
        input_tokens=100,
        output_tokens=9,
        inputs=InputDetails(cached_tokens=30, cache_write_tokens=20),
        outputs=OutputDetails(reasoning_tokens=4),
    )
    assert read == WHOLE
    assert write_input_details(read) == {"cached_tokens": 30, "cache_write_tokens": 20}
    assert write_output_details(read) == {"reasoning_tokens": 4}
    for inputs, outputs in ((None, None), (InputDetails(), OutputDetails())):
        plain = make_usage(input_tokens=1, output_tokens=2, inputs=inputs, outputs=outputs)
        assert plain == Usage(input_tokens=1, output_tokens=2)


@pytest.mark.parametrize(
    ("output", "searches"),
    [
        ([], 0),
        ([{"type": "web_search_call"}, {"type": "message"}, {"type": "web_search_call"}], 2),
        ([{"type": "message", "content": [{"type": "web_search_call"}]}], 0),
    ],
)
def test_a_search_is_an_item_of_the_output_and_no_word_in_it(output: Any, searches: int) -> None:
    body = {"output": output, "usage": {"input_tokens": 7, "output_tokens": 2}}
    usage = read_responses_usage(json.dumps(body).encode())
    assert usage is not None
    assert usage.searches == searches
