"""Cursor pages: an opaque text that says after which row the next page begins."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from control_plane.requests import keyed_paging
from control_plane.requests.queries import IN_DIGITS

Item = TypeVar("Item")
Position = tuple[datetime, UUID]


class Page(BaseModel, Generic[Item]):
    """`next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None


class Window:
    """What the caller asked to see: how many rows, after which."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="rows a page"), IN_DIGITS] = 50,
        cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before")] = None,
    ) -> None:
        self.limit = limit
        self.after = decode(cursor) if cursor else None


PageWindow = Annotated[Window, Depends()]


def encode(position: Position) -> str:
    return keyed_paging.encode((position[0].isoformat(), position[1]))


def decode(cursor: str) -> Position:
    at, row_id = keyed_paging.decode(cursor, (_moment, UUID))
    return at, row_id


def next_cursor(positions: list[Position], *, limit: int) -> str | None:
    """The cursor after a page that was read with one row more than its limit."""
    return encode(positions[limit - 1]) if len(positions) > limit else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
