"""Names of files: any Unicode that stays in its folder."""

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.accepted.file_names import names_in_each_others_way, valid_file_name

GOOD = [
    "données.csv",
    "a b (1).csv",
    "日本語/レポート.txt",
    "🐧👩‍👩‍👧.png",
    "résumé.csv",
    ".hidden",
    "-rf",
    "$(id) `x` 'q' \"q\" ; & %2e%2e",
    "con:aux",
    "...",
    " a ",
    "عربي.csv",
    "é" * 127,
    "/".join("a" * 17),
]
BAD = [
    "",
    "/etc/passwd",
    "a//b",
    "a/",
    "/",
    ".",
    "..",
    "../x",
    "a/../b",
    "a/./b",
    "a\0b",
    "a\nb",
    "a\x1bb",
    "a\x7f",
    "a\x85",
]
BAD += [
    "..\\..\\evil",
    *("   ", "\u3000", "a/ /b", "\u200b"),
    *(f"a{mark}b" for mark in "\u061c\u200e\u200f\u202a\u2066\u206a\u206f"),
    "abc\u202egpj.exe",
    "a\u2028b",
    "\ud800",
    "é" * 128,
    "/".join("a" * 18),
    "/".join(["a" * 250] * 5),
]


@pytest.mark.parametrize("name", GOOD)
def test_any_unicode_that_a_path_can_hold_is_a_name(name: str) -> None:
    assert valid_file_name(name) == name


@pytest.mark.parametrize("name", BAD)
def test_what_leaves_the_folder_or_hides_its_spelling_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="file's name"):
        valid_file_name(name)


@given(name=st.text(max_size=40))
def test_no_taken_name_climbs_or_hides(name: str) -> None:
    try:
        valid_file_name(name)
    except ValueError:
        return
    assert PurePosixPath("/a", name).parent.is_relative_to("/a")
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("names", "clash"),
    [
        (["a", "b", "c/d", "c/e"], None),
        (["a", "a"], ("a", "a")),
        (["a", "a/b"], ("a", "a/b")),
        (["a/b/c", "a/b"], ("a/b/c", "a/b")),
        (["é", "e\u0301"], None),
    ],
)
def test_a_name_is_no_other_files_folder(names: list[str], clash: tuple[str, str] | None) -> None:
    assert names_in_each_others_way(names) == clash
