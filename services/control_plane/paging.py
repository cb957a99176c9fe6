"""Cursor pages: an opaque text that says after which row the next page begins."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from foundation.domain.errors import InvalidCursor

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
        limit: Annotated[int, Query(ge=1, le=200, description="rows a page")] = 50,
        cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before")] = None,
    ) -> None:
        self.limit = limit
        self.after = decode(cursor) if cursor else None


PageWindow = Annotated[Window, Depends()]


def encode(position: Position) -> str:
    text = json.dumps([position[0].isoformat(), str(position[1])])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> Position:
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        position = (datetime.fromisoformat(at), UUID(row_id))
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor("the cursor was not made by this API", remedy="start from the first page") from error
    if position[0].tzinfo is None:
        raise InvalidCursor("the cursor was not made by this API", remedy="start from the first page")
    return position


def next_cursor(positions: list[Position], *, limit: int) -> str | None:
    """The cursor after a page that was read with one row more than its limit."""
    return encode(positions[limit - 1]) if len(positions) > limit else None
