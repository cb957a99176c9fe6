"""Lists in pages: for each order and each set of filters a statement of its own, which PostgreSQL plans for itself.

One statement for all filters, each as `:filter IS NULL OR …`, would be read with one plan once the driver has prepared
it: a filter's index would then be used by nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from foundation.storage.session.statements import Statement, text
from foundation.storage.session.transaction import Result, Transaction

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
        columns = self.columns(order)
        direction, beyond = (" DESC", "<") if order.startswith("-") else ("", ">")
        names = ", ".join(column.sql for column in columns)
        values = ", ".join(f"CAST(:after_{number} AS {column.kind})" for number, column in enumerate(columns))
        after = (f"AND ({names}) {beyond} ({values})",) if is_next else ()
        return (*after, "ORDER BY", ", ".join(column.sql + direction for column in columns), "LIMIT :limit")

    @staticmethod
    def values(part: PagePart) -> dict[str, Any]:
        """Of the parameters of `ending`."""
        return {"limit": part.limit, **{f"after_{number}": value for number, value in enumerate(part.after or ())}}


class Pages:
    """A list: the start of its statement, which ends in a condition, its orders, and a condition for each filter."""

    def __init__(self, *select: str, orders: Orders, filters: Mapping[str, str] | None = None) -> None:
        self._select = select
        self.orders = orders
        self._filters = filters or {}

    @property
    def filters(self) -> tuple[str, ...]:
        return tuple(self._filters)

    def statement(self, order: str, given: frozenset[str] = frozenset(), *, is_next: bool) -> Statement:
        """There are as many as there are orders and sets of filters: few enough for each to be kept."""
        conditions = (f"AND ({self._filters[name]})" for name in sorted(given))
        return text(*self._select, *conditions, *self.orders.ending(order, is_next=is_next))

    async def read(self, tx: Transaction, part: PagePart, values: Mapping[str, Any], **filters: Any) -> Result:
        """The rows of the part that pass the filters; one that is None is not asked for."""
        given = {name: value for name, value in filters.items() if value is not None}
        statement = self.statement(part.order, frozenset(given), is_next=part.after is not None)
        return await tx.execute(statement, {**values, **given, **self.orders.values(part)})
