"""What a caller asks of a list that has one order: how many rows a page, and after which the page begins."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Query, Request

from control_plane.requests.lists.paging import MAX_CURSOR_LENGTH, PageRequest
from control_plane.requests.lists.seals import seal_of
from control_plane.requests.queries import IN_DIGITS

USUAL_ROWS, MOST_ROWS = 50, 200
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before")]


def limit_of(most: int, *, told: str) -> Any:
    """The type of the parameter `limit`; `told` says what is counted."""
    return Annotated[int, Query(ge=1, le=most, description=told), IN_DIGITS]


def pages_of(
    usual: int = USUAL_ROWS, most: int = MOST_ROWS, *, told: str = "rows a page"
) -> Callable[..., Awaitable[PageRequest]]:
    """A dependency that reads `limit` (`usual` of them, at most `most`) and `cursor`."""
    limits = limit_of(most, told=told)

    async def asked(request: Request, limit: limits = usual, cursor: Cursor = None) -> PageRequest:  # type: ignore[valid-type]
        return PageRequest(limit, cursor, seal_of(request))

    return asked
