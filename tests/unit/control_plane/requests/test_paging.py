"""Cursors: opaque, and only ours."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.requests.paging import decode, encode, next_cursor
from foundation.domain.errors import InvalidCursor


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_says_where_the_next_page_begins(at: datetime, row_id: UUID) -> None:
    assert decode(encode((at, row_id))) == (at, row_id)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(text)


def test_the_last_page_has_no_cursor() -> None:
    rows = [(datetime(2026, 1, day, tzinfo=UTC), UUID(int=day)) for day in range(1, 4)]
    assert next_cursor(rows, limit=3) is None
    assert next_cursor(rows, limit=2) == encode(rows[1])
