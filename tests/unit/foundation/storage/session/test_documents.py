"""What stands in a jsonb column comes back as it was written, or is told as unreadable."""

import json
from typing import Any

import pytest

from foundation.storage.session.documents import READABLE_DEPTH, from_jsonb, jsonb


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("text", ["print('a\\u0000b')", r"C:\u0000", "\\\\u0000", "�"])
def test_no_text_is_altered_on_its_way_into_a_column(text: str) -> None:
    written = jsonb({"code": text})
    assert written is not None
    assert from_jsonb(written.encode()) == {"code": text}


def test_what_is_as_deep_as_a_reader_takes_comes_back_as_it_is() -> None:
    assert from_jsonb(nested(READABLE_DEPTH)) == json.loads(nested(READABLE_DEPTH))


def test_many_shallow_values_are_not_taken_for_deep_ones() -> None:
    wide: Any = [[] for _ in range(1000)]
    assert from_jsonb(json.dumps(wide).encode()) == wide


@pytest.mark.parametrize("depth", [READABLE_DEPTH + 1, 300, 900, 50_000])
def test_what_is_deeper_is_told_with_its_text(depth: int) -> None:
    told = from_jsonb(nested(depth).encode())
    assert set(told) == {"unreadable", "text"}
    assert told["text"] == nested(depth)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, 1e300, -1e22, 1.5, 1e-300])
def test_a_number_comes_back_as_the_number_that_it_was(number: float) -> None:
    """PostgreSQL writes 1e300 with all its zeros."""
    column = f"{number:.0f}" if isinstance(number, float) and abs(number) > 1e20 else json.dumps(number)
    read = from_jsonb(f'{{"n": [{column}]}}')["n"][0]
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize("is_too_deep", [False, True])
def test_lists_and_objects_count_as_levels_alike(*, is_too_deep: bool) -> None:
    levels = READABLE_DEPTH // 2
    text = '[{"a":' * levels + ("[]" if is_too_deep else "0") + "}]" * levels
    assert ("unreadable" in from_jsonb(text)) is is_too_deep
