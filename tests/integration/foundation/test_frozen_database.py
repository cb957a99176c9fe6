"""A PostgreSQL that has stopped without a word holds up no transaction for good, and is used again when it goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import PostgresDsn

from fixtures.machine.frozen_postgres import freezing
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.errors import DatabaseBusy, DatabaseUnavailable
from foundation.storage.session.database import Database, DatabaseSettings, Transaction
from foundation.storage.session.statements import text

WHY = "test"
GUARD_SECONDS = 60
PLACES = ("at its beginning", "in a statement", "in many statements", "at its end", "while it is undone", "cancelled")
NOTE = text("INSERT INTO frozen_notes (place) VALUES (:place)")

Freeze = Callable[[], None]


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    with scratch.superuser() as connection:
        connection.execute("CREATE TABLE frozen_notes (place text NOT NULL)")
        connection.execute("GRANT SELECT, INSERT ON frozen_notes TO control_plane")
    settings = DatabaseSettings(
        url=PostgresDsn(scratch.url("control_plane")), pool_size=1, connect_timeout_seconds=1, statement_timeout_ms=500
    )
    opened = Database(settings, application="test")
    await opened.ping()
    yield opened
    await opened.close()
    with scratch.superuser() as connection:
        connection.execute("DROP TABLE frozen_notes")


async def write(database: Database, place: str, freeze: Freeze) -> None:
    """A transaction that writes one note for its place, in whose midst the server stops."""
    if place == "at its beginning":
        freeze()
    async with database.across_tenants(reason=WHY) as tx:
        await tx.execute(NOTE, {"place": place})
        if place == "while it is undone":
            freeze()
            raise KeyError(place)
        if place == "cancelled":
            freeze()
            await cancelled(tx)
        if place.startswith("in "):
            freeze()
        if place == "in many statements":
            await tx.execute_each(NOTE, [{"place": place}] * 3)
        elif place == "in a statement":
            await tx.execute(text("SELECT 1"))
        if place == "at its end":
            freeze()


async def cancelled(tx: Transaction) -> None:
    """A statement whose caller leaves while the server is silent."""
    asked = asyncio.ensure_future(tx.execute(text("SELECT 1")))
    await asyncio.sleep(0)
    asked.cancel()
    await asked


@pytest.mark.parametrize("place", PLACES)
async def test_a_transaction_ends_though_the_server_has_stopped(
    database: Database, scratch: ScratchDatabase, place: str
) -> None:
    expected = {"while it is undone": KeyError, "cancelled": asyncio.CancelledError}.get(place, DatabaseBusy)
    with freezing(scratch) as freeze:
        async with asyncio.timeout(GUARD_SECONDS):
            with pytest.raises(expected):
                await write(database, place, freeze)
    async with asyncio.timeout(GUARD_SECONDS), database.across_tenants(reason=WHY) as tx:
        notes = await tx.execute(text("SELECT count(*) FROM frozen_notes WHERE place = :place"), {"place": place})
        # A COMMIT that the server had received is carried out once it goes on, whoever waits for its answer.
        assert notes.scalar_one() in ({0, 1} if place == "at its end" else {0})


async def test_those_who_wait_for_a_connection_and_those_who_need_a_new_one_end_as_well(
    database: Database, scratch: ScratchDatabase
) -> None:
    with freezing(scratch) as freeze:
        freeze()
        async with asyncio.timeout(GUARD_SECONDS):
            ended = await asyncio.gather(*(database.ping() for _ in range(6)), return_exceptions=True)
    assert all(isinstance(one, DatabaseUnavailable) for one in ended)
    await database.ping()
