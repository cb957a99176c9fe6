"""Names by which people tell things apart cannot be made to look the same."""

import pytest

from foundation.contracts.accepted.distinct import distinct, repeated
from foundation.contracts.accepted.shown_text import as_read, hidden_in, mixed_alphabets_in


@pytest.mark.parametrize(
    "text", ["RA\u200bCE", "a\u00adb", "a\ufeffb", "x\u2060", "a\u200db", "\u200ca", "a\U000e0041", "\u3164a"]
)
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    assert "cannot be seen" in (hidden_in(text) or "")


@pytest.mark.parametrize(
    "text", ["Ann's keys", "ночной отчёт", "夜间报告", "می\u200cخواهم", "👩\u200d💻 team", "naïve"]
)
def test_names_of_all_scripts_are_taken(text: str) -> None:
    assert hidden_in(text) is None
    assert mixed_alphabets_in(text) is None


@pytest.mark.parametrize("text", ["аdmin", "the оwner", "ρaul"])
def test_a_word_of_several_alphabets_is_refused(text: str) -> None:
    assert "has letters of" in (mixed_alphabets_in(text) or "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RACE", "race"),
        ("ｒａｃｅ", "race"),
        ("Straße", "STRASSE"),
        ("ﬁn", "fin"),
        ("расе", "pace"),
        ("ΑΒΕ", "abe"),
        ("a  b\u00a0c", " a b c"),
        ("cafe\u0301", "café"),
        ("نامه\u200cها", "نامهها"),
        ("𝐫𝐚𝐜𝐞", "race"),
        ("ra\ufe0fce", "race"),
    ],
)
def test_names_that_read_the_same_are_the_same(one: str, other: str) -> None:
    assert as_read(one) == as_read(other)


def test_names_that_read_otherwise_are_others() -> None:
    assert as_read("Race 1") == "race 1"
    assert len({as_read(name) for name in ("race", "trace", "race 1", "ræce")}) == 4


def test_what_stands_twice_is_told_by_name_and_place() -> None:
    assert repeated(["a", "b", "a", "b"]) == [2, 3]
    assert distinct(["a", "b"]) == ["a", "b"]
    with pytest.raises(ValueError, match="'a' stands twice; name each once"):
        distinct(["a", "b", "a"])
