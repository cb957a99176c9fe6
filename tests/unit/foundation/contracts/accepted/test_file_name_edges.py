"""The longest names that a file may have, and the ones just beyond them."""

import pytest

from foundation.contracts.accepted.file_names import names_in_each_others_way, valid_file_name


def of_bytes(size: int) -> str:
    """A name of so many bytes, in parts that are short enough."""
    parts = ["a" * 199] * (size // 200)
    return "/".join([*parts, "a" * (size - 200 * len(parts))])


def test_a_part_has_at_most_255_bytes() -> None:
    assert valid_file_name("a" * 255)
    with pytest.raises(ValueError, match="at most 255 bytes"):
        valid_file_name("a" * 256)


def test_a_name_has_at_most_1000_bytes() -> None:
    longest, longer = of_bytes(999) + "a", of_bytes(999) + "aa"
    assert (len(longest), len(longer)) == (1000, 1001)
    assert valid_file_name(longest)
    with pytest.raises(ValueError, match="at most 1000 bytes"):
        valid_file_name(longer)


def test_a_name_has_at_most_16_folders() -> None:
    assert valid_file_name("/".join("a" * 17))
    with pytest.raises(ValueError, match="at most 16 folders"):
        valid_file_name("/".join("a" * 18))


@pytest.mark.parametrize(
    ("name", "word"),
    [("/a", "absolute"), ("a//b", "''"), ("a/..", "'..'"), ("a\\b", "backslash"), ("a/ ", "blanks")],
)
def test_each_name_is_refused_for_its_own_reason(name: str, word: str) -> None:
    with pytest.raises(ValueError, match=word.replace(".", r"\.")):
        valid_file_name(name)


@pytest.mark.parametrize(
    ("names", "clash"),
    [
        (["a/b/c", "a"], ("a/b/c", "a")),
        (["a", "b", "a/x/y"], ("a", "a/x/y")),
        (["a/b", "a/b/c"], ("a/b", "a/b/c")),
        (["x/a", "a", "x/b"], None),
        (["ab", "a/b"], None),
        ([], None),
    ],
)
def test_a_file_and_a_folder_of_one_name_are_in_each_others_way(
    names: list[str], clash: tuple[str, str] | None
) -> None:
    assert names_in_each_others_way(names) == clash
