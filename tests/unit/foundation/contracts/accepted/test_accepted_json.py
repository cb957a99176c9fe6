"""What may be stored, and what is refused with its place."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.accepted.accepted_json import (
    DOCUMENT,
    JsonLimits,
    NotAccepted,
    accept,
    accept_text,
    parse_json,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
NUMBER = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(document=JSON)
def test_what_is_accepted_comes_back_exactly_as_it_was(document: Any) -> None:
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False)):
        assert parse_json(text) == document
        assert parse_json(text.encode()) == document


@pytest.mark.parametrize(
    ("text", "pointer", "word"),
    [
        ("NaN", "", "NaN"),
        ('{"a": [1, -Infinity]}', "/a/1", "-Infinity"),
        ('{"a": 1e999}', "/a", "not finite"),
        ('{"a": {"b": "x\\u0000y"}}', "/a/b", "U+0000"),
        ('{"a\\u0000": 1}', "", "U+0000"),
        ('["\\ud83d"]', "/0", "U+D83D"),
        ('{"\\udc00": 1}', "", "U+DC00"),
        ('{"a": 9223372036854775808}', "/a", "64 bits"),
        ('{"a": -9223372036854775809}', "/a", "64 bits"),
        ('{"a": ' + "9" * 5000 + "}", "/a", "5000 digits"),
        ('{"a": 1e-400}', "/a", "holds it as 0"),
        ('{"a": [-0.0000000000000001e-310]}', "/a/0", "holds it as 0"),
        ('{"a": 12345678901234567890.5}', "/a", "21 significant digits"),
        ('{"a": 0.3333333333333333333333}', "/a", "22 significant digits"),
        ('{"a": 1.000000000000000001e5}', "/a", "19 significant digits"),
        ('{"x/y": {"b": 1, "b": 2}}', "/x~1y", "'b' stands twice"),
        ("[" * 300 + "]" * 300, "/0" * 64, "nested deeper than 64"),
        ("[" * 100_000, "", "nested deeper than 64"),
        ('{"a": }', "", "line 1, column 7"),
        ("", "", "malformed"),
        ('"' + "x" * DOCUMENT.max_bytes + '"', "", "at most 1048576"),
    ],
)
def test_what_cannot_be_stored_as_it_stands_is_refused_with_its_place(text: str, pointer: str, word: str) -> None:
    with pytest.raises(NotAccepted) as refused:
        parse_json(text)
    assert refused.value.pointer == pointer
    assert word in refused.value.reason


def test_bytes_that_are_no_utf_8_are_refused_with_their_place() -> None:
    with pytest.raises(NotAccepted, match="not UTF-8 at byte 1"):
        parse_json(b'"\xff"')


def test_whole_surrogate_pairs_and_the_edges_of_int8_and_double_are_accepted() -> None:
    assert parse_json('["\\ud83d\\ude00", 9223372036854775807, -9223372036854775808, 1.7976931348623157e308]') == [
        "😀",
        9223372036854775807,
        -9223372036854775808,
        1.7976931348623157e308,
    ]


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": float("nan")}, "/a"),
        ({"a": {1: "x"}}, "/a"),
        ({"a": {True: "x"}}, "/a"),
        ([date(2026, 1, 1)], "/0"),
        ([b"bytes"], "/0"),
        ([{1, 2}], "/0"),
    ],
)
def test_a_value_from_elsewhere_that_is_no_json_is_refused(value: Any, pointer: str) -> None:
    with pytest.raises(NotAccepted) as refused:
        accept(value)
    assert refused.value.pointer == pointer


def test_parts_that_are_shared_count_as_often_as_they_are_used() -> None:
    """Forty doublings of one list are some lines of text and more than any memory when written out."""
    value: list[Any] = ["x"]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(NotAccepted, match="larger than 1000 bytes"):
        accept(value, limits=JsonLimits(max_bytes=1000, max_depth=64))


def test_a_text_alone_is_checked_by_the_same_rule() -> None:
    assert accept_text("naïve 😀") == "naïve 😀"
    with pytest.raises(NotAccepted, match="/name: U\\+0000"):
        accept_text("a\x00b", pointer="/name")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0e-999", 0.0),
        ("0.000000000000000000000000", 0.0),
        ("5e-324", 5e-324),
        ("1.5000000000000000000000", 1.5),
        ("0.000000000000000000000000012345", 1.2345e-26),
        ("1234567890.1234567", 1234567890.1234567),
        ("-2.2250738585072014E-308", -2.2250738585072014e-308),
    ],
)
def test_a_decimal_that_a_double_holds_is_taken_however_it_is_written(text: str, number: float) -> None:
    assert parse_json(text) == number


def test_the_size_of_a_text_is_that_of_the_text_as_it_was_sent() -> None:
    # Within one byte of the limit; another text of the same value, with blanks, would be longer.
    text = "[" + ",".join("1" * 499) + "]"
    assert len(parse_json(text, limits=JsonLimits(max_bytes=len(text), max_depth=2))) == 499
    large = "[" + ",".join("1" * 120_000) + "]"
    assert len(parse_json(large, limits=JsonLimits(max_bytes=len(large), max_depth=2))) == 120_000
    with pytest.raises(NotAccepted, match=f"at most {len(large) - 1} are taken"):
        parse_json(large, limits=JsonLimits(max_bytes=len(large) - 1, max_depth=2))


def test_the_figures_of_an_envelope_of_others_are_taken_as_the_doubles_next_to_them() -> None:
    envelope = JsonLimits(max_bytes=1000, max_depth=4, exact_decimals=False)
    assert parse_json('{"cost": 0.12345678901234567890, "tiny": 1e-400}', limits=envelope) == {
        "cost": 0.12345678901234568,
        "tiny": 0.0,
    }
    with pytest.raises(NotAccepted, match="not finite"):
        parse_json("[1e400]", limits=envelope)
