"""Texts for people have something to be seen, and addresses of e-mail have one form."""

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from control_plane.execution.reruns.items_named import why_item
from control_plane.requests.path_ids import WORDS, IdInPath, id_in_path
from control_plane.requests.texts import Description, Email, Moment, Name

NAME, DESCRIPTION, EMAIL = TypeAdapter(Name), TypeAdapter(Description), TypeAdapter(Email)
MOMENT = TypeAdapter(Moment)


def test_a_name_is_kept_as_it_was_given() -> None:
    assert NAME.validate_python("Ännchen 1") == "Ännchen 1"


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\nb", "a\x00b", "\u202eabc", "x" * 121])
def test_a_name_in_which_something_hides_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(name)


def test_a_description_has_lines_or_is_empty() -> None:
    assert DESCRIPTION.validate_python("one\n\ttwo\r\nthree") == "one\n\ttwo\r\nthree"
    assert DESCRIPTION.validate_python("") == ""


@pytest.mark.parametrize("text", [" ", "\n\n", "a\x00b", "a\u202eb", "x" * 501])
def test_a_description_in_which_something_hides_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DESCRIPTION.validate_python(text)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("Ann@Example.COM", "ann@example.com"), ("a.b+c@x-y.example.org", "a.b+c@x-y.example.org")],
)
def test_an_address_is_kept_in_small_letters(given: str, kept: str) -> None:
    assert EMAIL.validate_python(given) == kept


@pytest.mark.parametrize(
    "given",
    ["ann.example.com", "ann@example", "@example.com", "ann@exa..mple.com", "a@b@example.com", "ännchen@example.com"],
)
def test_what_is_no_address_is_told_how_one_looks(given: str) -> None:
    with pytest.raises(ValidationError, match="this is no address of e-mail; write one like ann@"):
        EMAIL.validate_python(given)


def test_a_name_that_is_an_items_is_told_to_be_one() -> None:
    assert why_item("total", {"each"}) is None
    assert why_item("total[1]", {"each"}) is None
    assert why_item("each", {"each"}) is None
    assert str(why_item("each[1]", {"each"})).startswith("'each[1]' is an item; name its step 'each'")


def test_an_id_in_a_path_is_any_part_but_a_word_of_the_routes() -> None:
    convertor = IdInPath()
    assert convertor.convert("abc") == "abc"
    assert convertor.to_string("abc") == "abc"
    assert id_in_path("run_id") == "{run_id:id}"
    assert re.fullmatch(convertor.regex, "redriven")
    assert not any(re.fullmatch(convertor.regex, word) for word in WORDS)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_no_calendar_has_in_utc_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError, match="the moment lies beyond the ends of the calendar"):
        MOMENT.validate_python(moment)


def test_a_moment_is_kept_in_utc_and_is_never_made_of_a_number() -> None:
    assert MOMENT.validate_python("2027-01-31T12:00:00+01:00").isoformat() == "2027-01-31T11:00:00+00:00"
    for given in (1_893_456_000, "1893456000", "2027-01-31T12:00:00", "tomorrow"):
        with pytest.raises(ValidationError, match="write a moment with its offset from UTC"):
            MOMENT.validate_python(given)
