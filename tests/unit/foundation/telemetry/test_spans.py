"""What spans say, and where they wait: known attributes, whole texts, bounded room."""

import pytest

from foundation.telemetry.metrics import SPANS_DROPPED
from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.record import (
    MAX_TEXT,
    RecordedKind,
    SpanAttribute,
    SpanRecord,
    known_attributes,
    shown,
)


def a_span(number: int = 1) -> SpanRecord:
    return SpanRecord("a" * 32, f"{number:016x}", None, "x", RecordedKind.INTERNAL, "tests", 1, 2, {})


def dropped(reason: str) -> float:
    return float(SPANS_DROPPED.labels(reason)._value.get())


def test_only_known_attributes_are_kept_and_texts_are_cut_visibly() -> None:
    given = {
        SpanAttribute.STEP_NAME.value: "s" * 1000,
        SpanAttribute.STEP_TURN.value: 3,
        SpanAttribute.ERROR_TYPE.value: None,
        "gen_ai.input.messages": "what the tenant said",
    }
    kept = known_attributes(given)
    assert set(kept) == {SpanAttribute.STEP_NAME, SpanAttribute.STEP_TURN}
    name = str(kept[SpanAttribute.STEP_NAME])
    assert len(name) == MAX_TEXT
    assert name.endswith("…")


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\nb", "a\u202eb"])
def test_what_no_store_takes_is_replaced(text: str) -> None:
    assert shown(text, 10) == "a\ufffdb"


def test_a_full_buffer_drops_what_comes_and_counts_it() -> None:
    buffer, before = SpanBuffer(most=2), dropped("full")
    for number in range(1, 5):
        buffer.add(a_span(number))
    assert (len(buffer), dropped("full") - before) == (2, 2)
    assert [span.span_id for span in buffer.take(10)] == [f"{1:016x}", f"{2:016x}"]


def test_what_is_put_back_comes_first_and_only_as_far_as_there_is_room() -> None:
    buffer, before = SpanBuffer(most=3), dropped("full")
    for number in (1, 2):
        buffer.add(a_span(number))
    taken = buffer.take(2)
    for number in (3, 4):
        buffer.add(a_span(number))
    buffer.put_back(taken)
    assert [span.span_id for span in buffer.take(9)] == [f"{2:016x}", f"{3:016x}", f"{4:016x}"]
    assert dropped("full") - before == 1
