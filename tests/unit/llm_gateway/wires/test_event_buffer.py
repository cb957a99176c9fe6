"""A stream's bytes become whole events however they are cut, and an event that never ends is a failure."""

import pytest

from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.sse import EventBuffer, data_of, next_event, write_data_event, write_named_event


def test_an_event_ends_at_its_first_blank_line_and_stays_out_of_the_buffer() -> None:
    pending = bytearray(b"data: 1\n\ndata: 2\r\n\r\ndata: 3")
    assert [next_event(pending), next_event(pending), next_event(pending)] == [b"data: 1\n\n", b"data: 2\r\n\r\n", None]
    assert pending == b"data: 3"


def test_the_blank_line_that_comes_first_counts_whatever_ends_its_lines() -> None:
    pending = bytearray(b"data: 1\r\n\r\ndata: 2\n\n")
    assert next_event(pending) == b"data: 1\r\n\r\n"


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n"])
def test_a_blank_line_at_the_very_beginning_is_an_event_of_its_own(blank: bytes) -> None:
    pending = bytearray(blank + b"data: 1")
    assert next_event(pending) == blank
    assert pending == b"data: 1"


def test_every_cut_gives_the_same_events() -> None:
    stream = b": hello\n\ndata: {}\r\n\r\n"
    for cut in range(len(stream)):
        buffer = EventBuffer(most_bytes=100)
        events = [*buffer.feed(stream[:cut]), *buffer.feed(stream[cut:])]
        assert events == [(b": hello\n\n", b""), (b"data: {}\r\n\r\n", b"{}")]


def test_what_is_incomplete_may_be_as_long_as_the_bound_and_no_longer() -> None:
    buffer = EventBuffer(most_bytes=9)
    assert list(buffer.feed(b"data: 123")) == []
    with pytest.raises(UpstreamFailed) as failed:
        list(buffer.feed(b"4"))
    assert failed.value.code == "upstream_malformed"


def test_whole_events_may_be_longer_than_the_bound_together() -> None:
    buffer = EventBuffer(most_bytes=9)
    assert [data for _, data in buffer.feed(b"data: 1\n\ndata: 2\n\n")] == [b"1", b"2"]


def test_the_lines_of_data_are_joined_and_others_left_out() -> None:
    assert data_of(b"event: x\ndata:1\ndata:  2 \nid: 7\n\n") == b"1\n2"


def test_an_event_is_written_with_its_name_or_without() -> None:
    assert write_data_event({"a": 1}) == b'data: {"a":1}\n\n'
    assert write_named_event({"type": "ping"}) == b'event: ping\ndata: {"type":"ping"}\n\n'
