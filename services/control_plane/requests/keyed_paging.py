"""Cursor pages of rows that are known by several values, in the order of those values."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import Depends, Query

from control_plane.requests.queries import IN_DIGITS
from foundation.domain.errors import InvalidCursor

_MOST_BYTES = 2048


class Window:
    """What the caller asked to see: how many rows, after which."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="rows a page"), IN_DIGITS] = 50,
        cursor: Annotated[
            str | None, Query(max_length=_MOST_BYTES, description="`next_cursor` of the page before")
        ] = None,
    ) -> None:
        self.limit = limit
        self._cursor = cursor

    def after(self, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The values of the row after which the page begins, each read by its kind; None for the first page."""
        return decode(self._cursor, kinds) if self._cursor else None


KeyedWindow = Annotated[Window, Depends()]


def encode(key: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in key]).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[Callable[[str], Any]]) -> tuple[Any, ...]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(kind(_text(value)) for kind, value in zip(kinds, values, strict=True))
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise InvalidCursor("the cursor was not made for this question", remedy="start from the first page") from error


def next_cursor(keys: Sequence[Sequence[object]], *, limit: int) -> str | None:
    """The cursor after a page that was read with one row more than its limit."""
    return encode(keys[limit - 1]) if len(keys) > limit else None


def _text(value: object) -> str:
    """A text that PostgreSQL takes: without U+0000 or half a surrogate pair."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text of ours")
    value.encode()
    return value
