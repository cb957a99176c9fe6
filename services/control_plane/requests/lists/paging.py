"""Lists in pages: a cursor is a sealed text that names its list and the row after which the next page begins."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from control_plane.requests.lists.seals import CursorSeal
from foundation.domain.errors import InvalidCursor
from foundation.storage.session.pages import Portion

Item = TypeVar("Item")
Row = TypeVar("Row")
Position = tuple[Any, ...]
"""The values by which a list is ordered, of one row."""

MAX_CURSOR_LENGTH = 2048


class Page(BaseModel, Generic[Item]):
    """`next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a caller asks of any list: how many rows, and after which; `seal` closes and opens its cursors."""

    limit: int
    cursor: str | None
    seal: CursorSeal

    @property
    def rows(self) -> int:
        """How many rows to read: the one above the limit tells whether another page follows."""
        return self.limit + 1


class Listing(Generic[Row]):
    """One list: its name, the position of a row in it, and how each value of a position is read from a cursor.

    A cursor is taken by the list that made it and by no other: in another order, for another tenant, of another run or
    with other filters the page would begin at a place that means nothing there.
    """

    def __init__(
        self, name: str, position: Callable[[Row], Position], *, kinds: Sequence[Callable[[str], Any]]
    ) -> None:
        self._name = name
        self._position = position
        self._kinds = tuple(kinds)

    def after(self, request: PageRequest) -> Position | None:
        """The position after which the page begins; None for the first page. `InvalidCursor` when it is not ours."""
        if request.cursor is None:
            return None
        try:
            name, *values = json.loads(request.seal.opened(request.cursor))
            position = tuple(kind(_checked(value)) for kind, value in zip(self._kinds, values, strict=True))
        except (ValueError, TypeError, RecursionError) as error:
            raise _not_of_this_list() from error
        if name != self._name:
            raise _not_of_this_list()
        return position

    def cut(self, rows: Sequence[Row] | Portion[Row], request: PageRequest) -> tuple[list[Row], str | None]:
        """The rows of the page, of `request.rows` that were read, and the cursor of the next one.

        Of a `Portion` also where it has fewer, because of their size.
        """
        read, more = (rows.rows, rows.more) if isinstance(rows, Portion) else (rows, False)
        page = list(read[: request.limit])
        return page, self.cursor_after(page[-1], request) if more or len(read) > request.limit else None

    def cursor_after(self, row: Row, request: PageRequest) -> str:
        """The cursor of a page that begins after the row."""
        document = [self._name, *(_text_of(value) for value in self._position(row))]
        return request.seal.close(json.dumps(document).encode())


def _not_of_this_list() -> InvalidCursor:
    detail = "the cursor was not made by this list, in this order and with these filters, for you"
    return InvalidCursor(detail, remedy="start from the first page")


def moment(text: str) -> datetime:
    """A time as a cursor has it; `ValueError` when it has no zone, since PostgreSQL would give it one of its own."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at


def natural_number(text: str) -> int:
    """A number as a cursor has it; `ValueError` for one that no row of PostgreSQL can have."""
    number = int(text) if len(text) < 20 else -1  # noqa: PLR2004  # digits of 64 bits
    if not 0 <= number < 1 << 63:
        raise ValueError("no number of a row")
    return number


def _text_of(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _checked(value: object) -> str:
    """A text that PostgreSQL takes: without U+0000 or half a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not a text that was put into a cursor")
    value.encode()
    return value
