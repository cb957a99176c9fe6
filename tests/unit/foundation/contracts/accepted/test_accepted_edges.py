"""The edges of what may be stored: how deep, how large, how many digits, and where what is refused stands."""

from typing import Any

import pytest

from foundation.contracts.accepted.accepted_json import (
    JsonLimits,
    Malformed,
    NotAccepted,
    accept,
    accept_decimal,
    accept_text,
    depth_of,
    parse_json,
    pointer_of,
)


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_the_depth_is_that_of_lists_and_objects(levels: int) -> None:
    assert depth_of(nested(levels)) == levels
    assert depth_of({"a": nested(levels)}) == levels + 1
    assert depth_of([1, nested(levels), []]) == levels + 1


def test_a_plain_value_has_no_depth() -> None:
    assert depth_of("x") == depth_of(None) == 0


@pytest.mark.parametrize("value", [nested(3), {"a": {"b": {}}}, {"a": [[]]}, [{"a": {}}]])
def test_what_is_as_deep_as_the_limit_is_taken_and_one_more_is_not(value: Any) -> None:
    assert accept(value, limits=JsonLimits(max_bytes=1000, max_depth=3)) is value
    with pytest.raises(NotAccepted, match="nested deeper than 2 levels"):
        accept(value, limits=JsonLimits(max_bytes=1000, max_depth=2))


def test_a_tuple_is_a_list() -> None:
    assert accept((1, ("a",))) == (1, ("a",))
    with pytest.raises(NotAccepted) as refused:
        accept((1, ("\0",)))
    assert refused.value.pointer == "/1/0"


@pytest.mark.parametrize("value", [None, True, False, 0, -(2**63), 2**63 - 1, 0.5, "", [], {}])
def test_every_kind_of_value_is_taken(value: Any) -> None:
    assert accept(value) is value


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, float("inf"), float("-inf")])
def test_a_number_beyond_the_edge_is_not(value: float) -> None:
    with pytest.raises(NotAccepted, match=r"64 bits|not finite"):
        accept(value)


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("x" * 5000, 5003),
        (["x" * 4000, "y" * 1000], 5009),
        ({"k" * 1000: "x" * 4000}, 5009),
        ([1] * 2000, 6003),
        ([1.25] * 1000, 5003),
    ],
)
def test_a_value_is_measured_by_what_its_text_would_need(value: Any, size: int) -> None:
    """A kilobyte more than the limit is let through, because another writer may need less."""
    slack = 1024
    assert accept(value, limits=JsonLimits(max_bytes=size - slack, max_depth=9)) is value
    with pytest.raises(NotAccepted, match="larger than"):
        accept(value, limits=JsonLimits(max_bytes=size - slack - 1, max_depth=9))


def test_what_is_too_large_is_named_by_the_member_that_holds_it() -> None:
    with pytest.raises(NotAccepted) as refused:
        accept({"a": 1, "b": ["x" * 3000]}, limits=JsonLimits(max_bytes=1000, max_depth=9))
    assert refused.value.pointer == "/b"


@pytest.mark.parametrize(
    "text",
    ["12345678901234567", "1.234567890123456", "0.00012345678901234567", "1234567890123456700000", "1e3", "1E-3"],
)
def test_seventeen_digits_are_taken(text: str) -> None:
    assert accept_decimal(text) == float(text)


@pytest.mark.parametrize("text", ["123456789012345678", "1.23456789012345678", "1.23456789012345678e2"])
def test_eighteen_digits_are_not(text: str) -> None:
    with pytest.raises(NotAccepted, match="18 significant digits"):
        accept_decimal(text)


def test_nothing_is_nothing_however_it_is_written_and_what_is_too_small_is_not_nothing() -> None:
    for text in ("0.0", "-0.0e5", "0.00000000000000000000", "0e-400"):
        assert accept_decimal(text) == 0
    for text in ("1e-400", "1E-400", "-0.000000000000000001e-400"):
        with pytest.raises(NotAccepted, match="holds it as 0"):
            accept_decimal(text)


@pytest.mark.parametrize(("digits", "word"), [(20, "the integer is beyond"), (21, "21 digits")])
def test_a_long_integer_is_refused_by_its_value_or_by_its_digits(digits: int, word: str) -> None:
    with pytest.raises(NotAccepted, match=word):
        parse_json("9" * digits)


def test_a_reason_stands_behind_its_place() -> None:
    assert str(NotAccepted("no", pointer="/a")) == "/a: no"
    assert str(NotAccepted("no")) == "no"


def test_a_pointer_escapes_what_has_a_meaning_in_it() -> None:
    assert pointer_of(("a/b", 0, "c~d", "\0", "\ud800")) == "/a~1b/0/c~0d/\ufffd/\ufffd"
    assert pointer_of(()) == ""


def test_only_what_is_no_json_at_all_is_malformed() -> None:
    with pytest.raises(Malformed, match="line 2, column 1"):
        parse_json("[\n")
    for text in (b"\xff", b'{"a":1,"a":2}'):
        with pytest.raises(NotAccepted) as refused:
            parse_json(text)
        assert not isinstance(refused.value, Malformed)


def test_the_first_key_that_stands_twice_is_the_one_that_is_named() -> None:
    with pytest.raises(NotAccepted, match="'b' stands twice"):
        parse_json('{"a": 1, "b": 2, "b": 3, "a": 4}')


@pytest.mark.parametrize(("text", "word"), [("a\0", "U\\+0000"), ("\ud800", "U\\+D800"), ("é\udfff", "U\\+DFFF")])
def test_a_text_is_refused_by_the_character_that_cannot_be_stored(text: str, word: str) -> None:
    with pytest.raises(NotAccepted, match=word):
        accept_text(text)
