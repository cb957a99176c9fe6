"""What would not be seen as it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.accepted.shown_text import hidden_in, hidden_in_name


@pytest.mark.parametrize(
    "code", [0x00, 0x0A, 0x7F, 0x85, 0x61C, 0x200E, 0x200F, 0x202E, 0x2028, 0x2069, 0x206A, 0x206F]
)
def test_what_controls_the_text_or_turns_its_direction_is_named(code: int) -> None:
    assert f"U+{code:04X}" in (hidden_in(f"a{chr(code)}b") or "")


@pytest.mark.parametrize("text", [" ", "\u3000\u2003", "\u2800", "\u200b", "\ufeff\u2060", ""])
def test_blanks_alone_are_nothing_to_be_seen(text: str) -> None:
    assert "nothing to be seen" in (hidden_in(text) or "")


@pytest.mark.parametrize("text", ["market brief", "عربي", "👩\u200d👩", " a", "日本語", "é"])
def test_any_other_text_is_seen_as_it_is(text: str) -> None:
    assert hidden_in(text) is None


@given(text=st.text(max_size=20))
def test_no_character_that_unicode_calls_a_control_is_taken(text: str) -> None:
    if hidden_in(text) is None:
        assert not {unicodedata.category(character) for character in text} & {"Cc", "Zl", "Zp"}


@pytest.mark.parametrize("code", [0xA0, 0x1680, 0x2000, 0x2007, 0x200A, 0x202F, 0x205F, 0x2800])
def test_a_name_has_plain_blanks_alone(code: int) -> None:
    assert f"U+{code:04X} looks like a plain blank" in (hidden_in_name(f"a{chr(code)}b") or "")
    assert hidden_in(f"a{chr(code)}b") is None, "what only describes may be set as its author likes"


@pytest.mark.parametrize("text", ["market brief", "⠍⠁⠗⠅", "می\u200cخواهم", "営業\u3000部", "Ann's"])
def test_any_other_name_is_taken(text: str) -> None:
    assert hidden_in_name(text) is None


@pytest.mark.parametrize("text", [" a", "a ", "a\u3000", "  a b  "])
def test_a_name_has_no_blanks_at_its_ends(text: str) -> None:
    assert "blanks at its ends" in (hidden_in_name(text) or "")


@pytest.mark.parametrize("code", [0x600, 0x6DD, 0xFFF9, 0x110BD, 0x13430, 0x1D173])
def test_a_name_has_no_signs_for_the_form_of_others(code: int) -> None:
    assert f"U+{code:04X}" in (hidden_in_name(chr(code)) or "")
    assert f"U+{code:04X}" in (hidden_in_name(f"é{chr(code)}1") or "")


@given(text=st.text(max_size=20))
def test_what_a_name_has_of_format_is_a_joiner_at_most(text: str) -> None:
    if hidden_in_name(text) is None:
        assert {one for one in text if unicodedata.category(one) == "Cf"} <= {"\u200c", "\u200d"}


def test_what_is_hidden_is_hidden_in_a_name_too() -> None:
    assert "U+202E" in (hidden_in_name("a\u202eb") or "")
