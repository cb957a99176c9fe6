"""Cursors: opaque, ours, and of one list."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.requests.lists.paging import Listing, PageRequest, moment
from foundation.domain.errors import InvalidCursor

TEXTS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)

Row = tuple[datetime, UUID]


def rows_by_time(name: str = "rows") -> Listing[Row]:
    return Listing[Row](name, lambda row: row, kinds=(moment, UUID))


def rows_by_name(name: str = "names") -> Listing[tuple[str, int]]:
    return Listing[tuple[str, int]](name, lambda row: row, kinds=(str, int))


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_tells_after_which_time_and_id_the_next_page_begins(at: datetime, row_id: UUID) -> None:
    assert rows_by_time().decode(rows_by_time().encode((at, row_id))) == (at, row_id)


@given(TEXTS, st.integers())
def test_a_cursor_keeps_any_text(name: str, number: int) -> None:
    assert rows_by_name().decode(rows_by_name().encode((name, number))) == (name, number)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        rows_by_time().decode(text)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidCursor) as refused:
        rows_by_name("runs").decode(rows_by_name("tasks").encode(("a", 1)))
    assert refused.value.remedy == "start from the first page"


@pytest.mark.parametrize("position", [("a",), ("a", "1", "c"), ("a", "no number"), ("a\0", "1"), ("\ud800", "1")])
def test_a_position_of_another_form_is_refused(position: tuple[str, ...]) -> None:
    with pytest.raises(InvalidCursor):
        rows_by_name().decode(rows_by_name().encode(position))


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        rows_by_time().decode(rows_by_time().encode(("2026-01-01T00:00:00", UUID(int=1))))


def test_the_first_page_begins_after_nothing() -> None:
    assert rows_by_time().after(PageRequest(limit=2, cursor=None)) is None


def test_a_page_ends_at_its_limit_and_names_its_last_row() -> None:
    rows = [("a", 1), ("a", 2), ("b", 1)]
    page, cursor = rows_by_name().cut(rows, PageRequest(limit=2, cursor=None))
    assert page == [("a", 1), ("a", 2)]
    assert rows_by_name().after(PageRequest(limit=2, cursor=cursor)) == ("a", 2)


@pytest.mark.parametrize("limit", [3, 4])
def test_the_last_page_has_no_cursor(limit: int) -> None:
    rows = [("a", 1), ("a", 2), ("b", 1)]
    request = PageRequest(limit=limit, cursor=None)
    assert request.rows == limit + 1
    assert rows_by_name().cut(rows, request) == (rows, None)
