"""Lists in pages: for each order and each set of filters a statement of its own, which PostgreSQL plans for itself.

One statement for all filters, each as `:filter IS NULL OR …`, would be read with one plan once the driver has prepared
it: a filter's index would then be used by nobody.

Planning a list takes several times as long as reading a page of it, so that a request's statements are planned once for
all values (`Database.tenant`, `planned_once`). Of a `LIMIT` that is a parameter PostgreSQL then supposes a tenth of the
table, for which it may read and sort all of it. So each list ends in a `LIMIT` that is written out, of the rows of its
largest page, for which its index is read in order; how many of these are wanted is told around it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from foundation.storage.session.statements import Statement, text
from foundation.storage.session.transaction import Result, Transaction

MOST_ROWS = 201
"""That one read of most lists gives: those of the largest page, and the one that tells that another page follows."""

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
    """Which rows of a list are asked for: in an order (a key's word, with `-` from the last on), after a place."""

    order: str
    limit: int
    after: Place | None = None


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
        self, *select: str, orders: Orders, filters: Mapping[str, str] | None = None, most: int = MOST_ROWS
    ) -> None:
        """`most` are the rows that one read may ask for, for lists whose pages are larger than others."""
        self._select = select
        self.most = most
        self.orders = orders
        self._filters = filters or {}

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(self._filters)

    def statement(self, order: str, given: frozenset[str] = frozenset(), *, is_next: bool) -> Statement:
        """There are as many as there are orders and sets of filters: few enough for each to be kept."""
        conditions = (f"AND ({self._filters[name]})" for name in sorted(given))
        first = (*self._select, *conditions, *self.orders.rows(order, is_next=is_next), f"LIMIT {self.most}")
        return text("SELECT * FROM (", *first, ") AS first LIMIT :limit")

    async def read(self, tx: Transaction, part: PagePart, values: Mapping[str, Any], **filters: Any) -> Result:
        """The rows of the part that pass the filters; one that is None is not asked for. At most `most`."""
        if part.limit > self.most:
            raise ValueError(f"this list is read in parts of {self.most} rows at most, not of {part.limit}")
        given = {name: value for name, value in filters.items() if value is not None}
        statement = self.statement(part.order, frozenset(given), is_next=part.after is not None)
        return await tx.execute(statement, {**values, **given, **self.orders.values(part)})
