"""Lists in pages: for each order and each set of filters a statement of its own, which PostgreSQL plans for itself.

One statement for all filters, each as `:filter IS NULL OR …`, would be read with one plan once the driver has prepared
it: a filter's index would then be used by nobody.

Planning a list takes several times as long as reading a page of it, so that a request's statements are planned once for
all values (`Database.tenant`, `planned_once`). Of a `LIMIT` that is a parameter PostgreSQL then supposes a tenth of the
table, for which it may read and sort all of it. So each list ends in a `LIMIT` that is written out, of the rows of its
largest page, for which its index is read in order; how many of these are wanted is told around it.

A list that shows what is large bounds its pages in bytes as well. PostgreSQL sums up the sizes row by row and stops at
the row that is too much, so that it unpacks no more than is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar

from foundation.storage.session.statements import Statement, text
from foundation.storage.session.transaction import Result, Row, Transaction

V = TypeVar("V")

MOST_ROWS = 201
"""That one read of most lists gives: those of the largest page, and the one that tells that another page follows."""

PAGE_BYTES = 1_500_000
"""Of what is large in a page; with all else it stays below 2 MB. One row is in it whatever its size."""

Place = tuple[Any, ...]
"""The values by which a list is ordered, of one row."""


class Kind(StrEnum):
    """Of a column by which lists are ordered: its type in PostgreSQL."""

    MOMENT = "timestamptz"
    ID = "uuid"
    TEXT = "text"
    NUMBER = "bigint"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by which a list is ordered: as its statement names it, and its attribute of a row, dots included."""

    sql: str
    kind: Kind
    attribute: str


def by_age(moment: str, identifier: str, *, of: str = "") -> tuple[Column, ...]:
    """A moment, and where two rows have the same one, their id. `of` is the table's alias in the statement."""
    dot = f"{of}." if of else ""
    return Column(dot + moment, Kind.MOMENT, moment), Column(dot + identifier, Kind.ID, identifier)


@dataclass(frozen=True, slots=True)
class PagePart:
    """Which rows of a list are asked for: in an order (a key's word, with `-` from the last on), after a place.

    `content` are those of its large members that are read.
    """

    order: str
    limit: int
    after: Place | None = None
    content: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Portion(Generic[V]):
    """Rows of a list in their order: fewer than were asked for where they are large. `more`: others follow."""

    rows: list[V]
    more: bool


@dataclass(frozen=True, slots=True)
class Orders:
    """The words by which a list can be ordered, each with its columns, which together tell any two rows apart.

    For each there is an index, which is read forwards or backwards.
    """

    keys: Mapping[str, tuple[Column, ...]]
    usual: str

    def words(self) -> tuple[str, ...]:
        return tuple(word for key in self.keys for word in (key, f"-{key}"))

    def columns(self, order: str) -> tuple[Column, ...]:
        return self.keys[order.removeprefix("-")]

    def place_of(self, order: str, row: object) -> Place:
        return tuple(attrgetter(column.attribute)(row) for column in self.columns(order))

    def first(self, limit: int) -> PagePart:
        """The first rows in the usual order."""
        return PagePart(self.usual, limit)

    def ending(self, order: str, *, is_next: bool) -> tuple[str, ...]:
        """What stands at a statement's end: after which place (`:after_0`, …), in which order, how many (`:limit`)."""
        return (*self.rows(order, is_next=is_next), "LIMIT :limit")

    def rows(self, order: str, *, is_next: bool) -> tuple[str, ...]:
        """The same without saying how many."""
        columns = self.columns(order)
        direction, beyond = (" DESC", "<") if order.startswith("-") else ("", ">")
        names = ", ".join(column.sql for column in columns)
        values = ", ".join(f"CAST(:after_{number} AS {column.kind})" for number, column in enumerate(columns))
        after = (f"AND ({names}) {beyond} ({values})",) if is_next else ()
        return (*after, "ORDER BY", ", ".join(column.sql + direction for column in columns))

    @staticmethod
    def values(part: PagePart) -> dict[str, Any]:
        """Of the parameters of `ending`."""
        return {"limit": part.limit, **{f"after_{number}": value for number, value in enumerate(part.after or ())}}


class Pages:
    """A list: the start of its statement, which ends in a condition, its orders, and a condition for each filter."""

    def __init__(
        self,
        *select: str,
        orders: Orders,
        filters: Mapping[str, str] | None = None,
        most: int = MOST_ROWS,
        large: Mapping[str, str] | None = None,
    ) -> None:
        """`most` are the rows that one read may ask for, for lists whose pages are larger than others.

        `large` are the members of which each row may have a megabyte, and their columns. The statement gives such a
        column where its parameter (`:with_` and the member) is true: PostgreSQL would else unpack it for every row.
        """
        self._select = select
        self.most = most
        self.orders = orders
        self.large = large or {}
        self._filters = filters or {}

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(self._filters)

    def statement(
        self, order: str, given: frozenset[str] = frozenset(), *, is_next: bool, bounded: bool = False
    ) -> Statement:
        """There are as many as there are orders and sets of filters: few enough for each to be kept.

        One that is `bounded` gives rows as far as their large members fit into a page, and `found`: how many there are.
        """
        conditions = (f"AND ({self._filters[name]})" for name in sorted(given))
        first = (*self._select, *conditions, *self.orders.rows(order, is_next=is_next), f"LIMIT {self.most}")
        page = ("SELECT * FROM (", *first, ") AS first LIMIT :limit")
        return text("WITH page AS MATERIALIZED (", *page, ")", *self._as_far_as_they_fit()) if bounded else text(*page)

    def _as_far_as_they_fit(self) -> tuple[str, ...]:
        sizes = " + ".join(f"COALESCE(octet_length(CAST({column} AS text)), 0)" for column in self.large.values())
        # The outer count lets PostgreSQL stop: it only rises, so that no row after the first that is beyond is shown.
        return (
            "SELECT *, (SELECT count(*) FROM page) AS found FROM (",
            "SELECT *, count(CASE WHEN place > 1 AND so_far > :most_bytes THEN 1 END) OVER in_order AS beyond FROM (",
            "SELECT *, row_number() OVER in_order AS place, sum(",
            sizes,
            ") OVER in_order AS so_far FROM page WINDOW in_order AS (ROWS UNBOUNDED PRECEDING)) AS sized",
            "WINDOW in_order AS (ROWS UNBOUNDED PRECEDING)) AS counted WHERE beyond < 1",
        )

    async def read(self, tx: Transaction, part: PagePart, values: Mapping[str, Any], **filters: Any) -> Result:
        """The rows of the part that pass the filters; one that is None is not asked for. At most `most`.

        Nothing bounds the bytes of their large members; `portion` does.
        """
        return await self._read(tx, part, values, filters)

    async def portion(
        self, tx: Transaction, part: PagePart, values: Mapping[str, Any], make: Callable[[Row], V], **filters: Any
    ) -> Portion[V]:
        """The same as far as their large members fit into a page, each row as `make` has it."""
        found = (await self._read(tx, part, values, filters, bounded=bool(part.content))).all()
        return Portion([make(row) for row in found], more=bool(part.content and found and found[0].found > len(found)))

    async def _read(
        self,
        tx: Transaction,
        part: PagePart,
        values: Mapping[str, Any],
        filters: Mapping[str, Any],
        *,
        bounded: bool = False,
    ) -> Result:
        if part.limit > self.most:
            raise ValueError(f"this list is read in parts of {self.most} rows at most, not of {part.limit}")
        given = {name: value for name, value in filters.items() if value is not None}
        statement = self.statement(part.order, frozenset(given), is_next=part.after is not None, bounded=bounded)
        return await tx.execute(statement, {**values, **given, **self.values(part)})

    def values(self, part: PagePart) -> dict[str, Any]:
        """Of the parameters that every statement of the list has, and of those of a bounded one."""
        shown = {f"with_{member}": member in part.content for member in self.large}
        return {**self.orders.values(part), **shown, "most_bytes": PAGE_BYTES}
