"""Cursors over several values: opaque, ours, and of one question."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.requests.keyed_paging import decode, encode, next_cursor
from foundation.domain.errors import InvalidCursor

TEXTS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, st.uuids(), st.integers())
def test_a_cursor_says_after_which_row_the_next_page_begins(name: str, row_id: UUID, number: int) -> None:
    assert decode(encode([name, row_id, number]), (str, UUID, int)) == (name, row_id, number)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(text, (str, UUID))


@pytest.mark.parametrize("values", [["a"], ["a", "b", "c"], ["a", "no number"], ["a\0", "1"], ["\ud800", "1"]])
def test_a_cursor_of_another_question_is_refused(values: list[str]) -> None:
    with pytest.raises(InvalidCursor):
        decode(encode(values), (str, int))


def test_the_last_page_has_no_cursor() -> None:
    keys = [("a", 1), ("a", 2), ("b", 1)]
    assert next_cursor(keys, limit=3) is None
    assert next_cursor(keys, limit=2) == encode(("a", 2))
