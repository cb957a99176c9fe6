"""Audit rows of calls, written before their answers leave: those that come while others are committed go together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.storage.audit.books import Whose, opened
from foundation.storage.people import audit
from foundation.storage.people.audit import CallRow
from foundation.storage.session.database import Database
from foundation.telemetry.background import TaskSet

_MOST_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class _Waiting:
    row: CallRow
    books: Sequence[Whose]
    written: asyncio.Future[None]


class CallRows:
    """Writes rows of calls, one transaction of a tenant at a time.

    Whoever comes while it is under way waits for the next one, in which all that wait have their rows: many reads of
    one audit would else take as many connections, each for a commit of its own.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[Whose, list[_Waiting]] = {}
        """By whose transaction it is; there is a list for each of which one is under way."""
        self._tasks = TaskSet()

    async def write(self, whose: Whose, row: CallRow, *, books: Sequence[Whose]) -> None:
        """Returns once the row is committed in each of these audits, in a transaction as the tenant (None: as none)."""
        one = _Waiting(row, books, asyncio.get_running_loop().create_future())
        if (others := self._waiting.get(whose)) is not None:
            others.append(one)
        else:
            self._waiting[whose] = [one]
            self._tasks.start(self._write_all(whose), name="rows of calls")
        await one.written

    async def _write_all(self, whose: Whose) -> None:
        try:
            while some := self._waiting[whose][:_MOST_TOGETHER]:
                del self._waiting[whose][:_MOST_TOGETHER]
                await self._write(whose, some)
        finally:
            for one in self._waiting.pop(whose):
                one.written.cancel()

    async def _write(self, whose: Whose, some: Sequence[_Waiting]) -> None:
        error = await self._commit(whose, some)
        if error is not None and len(some) > 1 and not isinstance(error, DependencyUnavailable):
            # One row that cannot be stored is no reason to refuse the others.
            for one in some:
                _settle(one, await self._commit(whose, [one]))
            return
        for one in some:
            _settle(one, error)

    async def _commit(self, whose: Whose, some: Sequence[_Waiting]) -> LockstepError | None:
        try:
            async with opened(self._database, whose) as tx:
                for book in dict.fromkeys(book for one in some for book in one.books):
                    await audit.write(tx, book, [one.row for one in some if book in one.books])
        except LockstepError as error:
            return error
        return None


def _settle(one: _Waiting, error: LockstepError | None) -> None:
    if one.written.done():  # who waited has gone
        return
    if error is None:
        one.written.set_result(None)
    else:
        one.written.set_exception(error)
