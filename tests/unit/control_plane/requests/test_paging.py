"""Cursors: opaque, ours, and of one list as one caller has asked for it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.requests.lists.paging import Listing, PageRequest, moment
from control_plane.requests.lists.seals import CursorSeal
from foundation.domain.errors import InvalidCursor
from foundation.domain.ids import TenantId
from foundation.storage.audit.calls import AuditedCall, under_way

TEXTS = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
SEAL = CursorSeal(b"key", "/api/v1/rows", (("status", "open"),))
FIRST = PageRequest(limit=2, cursor=None, seal=SEAL)
OURS, OTHERS = TenantId(UUID(int=1)), TenantId(UUID(int=2))

Row = tuple[datetime, UUID]
Named = tuple[str, int]


def a_call(tenant_id: TenantId | None) -> AuditedCall:
    return AuditedCall(request_id="r", actor="user:1", tenant_id=tenant_id)


def rows_by_time(name: str = "rows") -> Listing[Row]:
    return Listing[Row](name, lambda row: row, kinds=(moment, UUID))


def rows_by_name(name: str = "names") -> Listing[Named]:
    return Listing[Named](name, lambda row: row, kinds=(str, int))


def asked(cursor: str, seal: CursorSeal = SEAL) -> PageRequest:
    return PageRequest(limit=2, cursor=cursor, seal=seal)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_tells_after_which_time_and_id_the_next_page_begins(at: datetime, row_id: UUID) -> None:
    with under_way(a_call(OURS)):
        cursor = rows_by_time().cursor_after((at, row_id), FIRST)
        assert rows_by_time().after(asked(cursor)) == (at, row_id)


@given(TEXTS, st.integers())
def test_a_cursor_keeps_any_text(name: str, number: int) -> None:
    with under_way(a_call(OURS)):
        assert rows_by_name().after(asked(rows_by_name().cursor_after((name, number), FIRST))) == (name, number)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with under_way(a_call(OURS)), pytest.raises(InvalidCursor):
        rows_by_time().after(asked(text))


def forged(cursor: str) -> Iterator[str]:
    """Texts that somebody who knows how cursors are made could try."""
    document = json.dumps(["names", "a", "1"]).encode()
    yield base64.urlsafe_b64encode(document).decode().rstrip("=")
    yield base64.urlsafe_b64encode(bytes(16) + document).decode().rstrip("=")
    yield from (cursor + "=", cursor + "A", f"{cursor[:8]}.{cursor[8:]}", f" {cursor}", cursor[:-1], "")
    for place in range(len(cursor)):
        yield cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]


def test_a_forged_cursor_is_refused() -> None:
    with under_way(a_call(OURS)):
        cursor = rows_by_name().cursor_after(("a", 1), FIRST)
        for other in forged(cursor):
            with pytest.raises(InvalidCursor):
                rows_by_name().after(asked(other))


@pytest.mark.parametrize(
    ("seal", "tenant_id"),
    [
        (replace(SEAL, path="/api/v1/others"), OURS),
        (replace(SEAL, filters=()), OURS),
        (replace(SEAL, filters=(("status", "closed"),)), OURS),
        (replace(SEAL, key=b"another"), OURS),
        (SEAL, OTHERS),
        (SEAL, None),
    ],
    ids=["another path", "no filter", "another filter", "another key", "another tenant", "an operator"],
)
def test_a_cursor_is_good_where_it_was_given_alone(seal: CursorSeal, tenant_id: TenantId | None) -> None:
    with under_way(a_call(OURS)):
        cursor = rows_by_name().cursor_after(("a", 1), FIRST)
    with under_way(a_call(tenant_id)), pytest.raises(InvalidCursor):
        rows_by_name().after(asked(cursor, seal))


def test_a_cursor_of_another_list_is_refused() -> None:
    with under_way(a_call(OURS)):
        cursor = rows_by_name("tasks").cursor_after(("a", 1), FIRST)
        with pytest.raises(InvalidCursor) as refused:
            rows_by_name("runs").after(asked(cursor))
    assert refused.value.remedy == "start from the first page"


def test_before_it_is_known_who_calls_there_is_no_cursor() -> None:
    with under_way(AuditedCall(request_id="r")), pytest.raises(AssertionError):
        rows_by_name().cursor_after(("a", 1), FIRST)


@pytest.mark.parametrize("position", [("a",), ("a", "1", "c"), ("a", "no number"), ("a\0", "1"), ("\ud800", "1")])
def test_a_position_of_another_form_is_refused(position: tuple[str, ...]) -> None:
    with under_way(a_call(OURS)):
        cursor = SEAL.close(json.dumps(["names", *position]).encode())
        with pytest.raises(InvalidCursor):
            rows_by_name().after(asked(cursor))


def test_a_time_without_its_zone_is_refused() -> None:
    with under_way(a_call(OURS)):
        cursor = SEAL.close(json.dumps(["rows", "2026-01-01T00:00:00", str(UUID(int=1))]).encode())
        with pytest.raises(InvalidCursor):
            rows_by_time().after(asked(cursor))


def test_the_first_page_begins_after_nothing() -> None:
    assert rows_by_time().after(FIRST) is None


def test_a_page_ends_at_its_limit_and_names_its_last_row() -> None:
    with under_way(a_call(OURS)):
        page, cursor = rows_by_name().cut([("a", 1), ("a", 2), ("b", 1)], FIRST)
        assert page == [("a", 1), ("a", 2)]
        assert rows_by_name().after(asked(str(cursor))) == ("a", 2)


@pytest.mark.parametrize("limit", [3, 4])
def test_the_last_page_has_no_cursor(limit: int) -> None:
    rows = [("a", 1), ("a", 2), ("b", 1)]
    request = replace(FIRST, limit=limit)
    assert request.rows == limit + 1
    assert rows_by_name().cut(rows, request) == (rows, None)
