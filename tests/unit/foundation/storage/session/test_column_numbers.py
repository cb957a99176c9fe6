"""Long numbers in a column: an integer of 64 bits is one, a longer one is a double, and one beyond both is told."""

from typing import Any

import pytest

from foundation.storage.session.documents import from_jsonb, jsonb


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9" * 19, 10**19 - 1),
        ("-" + "9" * 19, -(10**19 - 1)),
        ("1" + "0" * 19, 1e19),
        ("-1" + "0" * 19, -1e19),
        ("1" + "0" * 300, 1e300),
        ("12", 12),
    ],
)
def test_a_number_of_twenty_digits_is_a_double(text: str, value: Any) -> None:
    [read, short] = from_jsonb(f"[{text}, 7]")
    assert (read, type(read), short, type(short)) == (value, type(value), 7, int)


def test_what_is_beyond_a_double_is_told_with_its_text() -> None:
    text = "1" + "0" * 400
    assert from_jsonb(text) == {"unreadable": "it cannot be read: ValueError", "text": text}


def test_nothing_is_no_text() -> None:
    assert jsonb(None) is None
    assert jsonb(0) == "0"


def test_bytes_and_text_are_read_alike() -> None:
    assert from_jsonb(b'{"a": "\xc3\xa9"}') == from_jsonb('{"a": "é"}') == {"a": "é"}
