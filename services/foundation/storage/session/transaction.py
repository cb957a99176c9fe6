"""An open transaction. Statements go to psycopg as they are: no other layer stands on the way of each step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from psycopg import AsyncCursor
from sqlalchemy import ClauseElement

from foundation.storage.session.refusals import Sent
from foundation.storage.session.statements import Statement, put_together

Observer = Callable[[str, Mapping[str, Any]], None]
"""Is told of each statement, with its values, before it is sent."""


class Row(Protocol):
    """A row; its columns, which need names of their own, are its attributes, and its members in order."""

    def __getattr__(self, column: str) -> Any: ...
    def __getitem__(self, place: Any) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Result:
    """The rows of one statement, all of which are here, and how many rows it changed or found."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> list[Row]:
        return list(self._rows)

    def first(self) -> Row | None:
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """The only row; ValueError when there is none, or more than one."""
        [row] = self._rows
        return cast("Row", row)

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row; None when there is no row."""
        return self.one()[0] if self._rows else None

    def scalars(self) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self._rows]

    def mappings(self) -> list[dict[str, Any]]:
        """Each row as its values by column."""
        return [row._asdict() for row in self._rows]


class Transaction:
    """An open transaction of one login. `Database` opens and ends it."""

    __slots__ = ("_cursor", "_observe", "_sent")

    def __init__(self, cursor: AsyncCursor[NamedTuple], observe: Observer | None, sent: Sent) -> None:
        self._cursor = cursor
        self._observe = observe
        self._sent = sent

    async def execute(self, statement: Statement | ClauseElement, values: Mapping[str, Any] | None = None) -> Result:
        """Sends a statement with the values of its parameters, and returns all its rows.

        What SQLAlchemy puts together brings its values with it. The driver's errors are raised as they are; they become
        the platform's own where the transaction ends.
        """
        given: Mapping[str, Any] = values or {}
        if not isinstance(statement, Statement):
            statement, brought = put_together(statement)
            given = {**brought, **given}
        if self._observe is not None:
            self._observe(str(statement), given)
        self._sent.statement = statement
        await self._cursor.execute(statement.sql, given)
        result = self._cursor.pgresult
        rows = await self._cursor.fetchall() if result is not None and result.nfields else ()
        return Result(rows, self._cursor.rowcount)

    async def last_answer(self) -> Row:
        """The row that answered the last of the commands which began the transaction."""
        while self._cursor.nextset():
            pass
        row = await self._cursor.fetchone()
        if row is None:
            raise AssertionError("what begins a transaction answers with a row")
        return cast("Row", row)

    async def execute_each(self, statement: Statement, many: Sequence[Mapping[str, Any]]) -> None:
        """Sends a statement once for each set of values, in few round trips."""
        if self._observe is not None:
            for values in many:
                self._observe(str(statement), values)
        self._sent.statement = statement
        await self._cursor.executemany(statement.sql, many)
