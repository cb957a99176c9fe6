"""A list of the API: what callers may ask of it, and the page that they are answered with."""

import inspect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel

from control_plane.requests.lists.asked import MOST_ROWS, USUAL_ROWS, Cursor, limit_of
from control_plane.requests.lists.paging import Listing, Page, PageRequest, Position, moment, natural_number
from control_plane.requests.lists.seals import seal_of
from control_plane.requests.lists.sparse import Sparse
from foundation.storage.session.pages import Kind, Orders, PagePart, Portion

Row = TypeVar("Row")

_READ: dict[Kind, Callable[[str], Any]] = {
    Kind.MOMENT: moment,
    Kind.ID: UUID,
    Kind.TEXT: str,
    Kind.NUMBER: natural_number,
}
"""How a value of each kind is read from a cursor."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a caller asks of a list: `part` of its rows, with one more that tells whether another page follows."""

    part: PagePart
    paging: PageRequest
    fields: frozenset[str]


class ListOf(Generic[Row]):
    """A list of rows that are shown as `view`. It is a dependency, which reads `limit`, `cursor`, `sort` and `fields`.

    A route gives `page` as its response model, since the answer is written here with the members that are asked for.
    """

    def __init__(
        self,
        name: str,
        view: type[BaseModel],
        orders: Orders,
        *,
        key: Sequence[str] = (),
        on_request: Sequence[str] = (),
        large: Collection[str] = (),
        page: type[Page[Any]] = Page,
        rows: tuple[int, int] = (USUAL_ROWS, MOST_ROWS),
    ) -> None:
        """`rows` are how many a page has where the caller does not say it, and at most.

        `large` are the members that bound a page in bytes where they are shown: those that its `Pages` name so.
        """
        self._rows = rows
        self.large = frozenset(large)
        self._sparse = Sparse(view, key=key, on_request=on_request)
        self._orders = orders
        self._cursors = {order: self._cursors_of(name, order) for order in orders.words()}
        self._page = page
        self.page = _of_items(page, self._sparse.item)
        self.__signature__ = self._signature()

    async def __call__(
        self, request: Request, limit: int, cursor: str | None, sort: StrEnum, fields: list[str] | None
    ) -> ListRequest:
        """`InvalidCursor` for one that this list has not made so; `UnknownFields`."""
        paging, order = PageRequest(limit, cursor, seal_of(request)), sort.value
        chosen = self._sparse.chosen(fields)
        part = PagePart(order, paging.rows, self._cursors[order].after(paging), content=chosen & self.large)
        return ListRequest(part, paging, chosen)

    def cut(self, rows: Sequence[Row] | Portion[Row], asked: ListRequest) -> tuple[list[Row], str | None]:
        """The rows of the page, of those that were read, and the cursor of the next one."""
        return self._cursors[asked.part.order].cut(rows, asked.paging)

    def answer(
        self, rows: Sequence[Row] | Portion[Row], asked: ListRequest, view_of: Callable[[Row], BaseModel], **more: Any
    ) -> Response:
        """The page of the rows that were read; `more` are further members of it."""
        page, next_cursor = self.cut(rows, asked)
        return self.shown([view_of(row) for row in page], next_cursor, asked, **more)

    def shown(self, views: Sequence[BaseModel], next_cursor: str | None, asked: ListRequest, **more: Any) -> Response:
        """The page of these views."""
        page = _of_items(self._page, Any).model_construct(items=list(views), next_cursor=next_cursor, **more)
        shown: Any = {"items": {"__all__": set(asked.fields)}, "next_cursor": True, **dict.fromkeys(more, True)}
        return Response(page.model_dump_json(include=shown), media_type="application/json")

    def _cursors_of(self, name: str, order: str) -> Listing[Row]:
        def position(row: Row) -> Position:
            return self._orders.place_of(order, row)

        return Listing(f"{name} by {order}", position, kinds=[_READ[one.kind] for one in self._orders.columns(order)])

    def _signature(self) -> inspect.Signature:
        words = _words_of(tuple(self._orders.keys))
        usual_rows, most_rows = self._rows
        sort = Query(description="`-` before a name: from the last on. A cursor is good for the order it was made in")
        fields = Query(
            description=self._sparse.told(),
            json_schema_extra={"items": {"type": "string", "enum": list(self._sparse.names)}},
        )
        return inspect.Signature(
            [
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=usual)
                for name, kind, usual in (
                    ("request", Request, inspect.Parameter.empty),
                    ("limit", limit_of(most_rows, told=self._told_of_rows()), usual_rows),
                    ("cursor", Cursor, None),
                    ("sort", Annotated[words, sort], words(self._orders.usual)),
                    ("fields", Annotated[list[str] | None, fields], None),
                )
            ]
        )

    def _told_of_rows(self) -> str:
        if not self.large:
            return "rows a page"
        names = ", ".join(f"`{name}`" for name in self._sparse.names if name in self.large)
        return f"rows a page; fewer where what is shown of {names} is large: a page has 1.5 MB of it, or one row"


def _of_items(page: Any, item: Any) -> type[BaseModel]:
    """The type of a page with such items, which are of a type that is made while the program runs."""
    made: type[BaseModel] = page[item]
    return made


@cache
def _words_of(keys: tuple[str, ...]) -> type[StrEnum]:
    """The orders by these keys, for the document: one type for all lists that have the same."""
    name = "".join(key.title().replace("_", "") for key in keys)
    members = [(f"{key}{'_DOWN' * bool(down)}".upper(), f"{down}{key}") for key in keys for down in ("", "-")]
    make: Any = StrEnum
    words: type[StrEnum] = make(f"{name}Order", members)
    words.__doc__ = f"By {' or '.join(keys)}; with `-` before it, from the last on."
    return words
