"""What PostgreSQL raises reaches services as one of the platform's own errors, told as passing only where it passes."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from pydantic import PostgresDsn
from sqlalchemy import text

from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.errors import (
    DatabaseBusy,
    DatabaseRefused,
    DatabaseUnavailable,
    LockstepError,
    NotFound,
    ValueNotStorable,
)
from foundation.domain.ids import TenantId, new_uuid
from foundation.storage.session import refusals
from foundation.storage.session.database import Database, DatabaseSettings, Transaction, with_retries
from foundation.telemetry.logs import JsonFormatter

WHY = "test"


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    settings = DatabaseSettings(
        url=PostgresDsn(scratch.url("control_plane")),
        pool_size=1,
        pool_timeout_seconds=0.2,
        statement_timeout_ms=300,
        idle_transaction_timeout_ms=300,
    )
    opened = Database(settings, application="test")
    yield opened
    await opened.close()


async def test_an_exhausted_pool_is_told_as_a_busy_database(database: Database) -> None:
    async with database.across_tenants(reason=WHY):
        with pytest.raises(DatabaseBusy) as busy:
            async with database.tenant(TenantId(new_uuid())):
                pass
    assert (busy.value.retryable, busy.value.retry_after) == (True, 2)


async def test_a_database_that_is_away_is_told_as_unavailable() -> None:
    nowhere = Database(DatabaseSettings(url=PostgresDsn(f"postgresql://nobody@127.0.0.1:{free_port()}/none")))
    for enter in (nowhere.tenant(TenantId(new_uuid())), nowhere.across_tenants(reason=WHY)):
        with pytest.raises(DatabaseUnavailable):
            async with enter:
                pass
    with pytest.raises(DatabaseUnavailable):
        await nowhere.ping()
    await nowhere.close()


async def test_a_connection_that_breaks_within_a_transaction_is_told_as_unavailable(
    database: Database, scratch: ScratchDatabase
) -> None:
    async def cut() -> None:
        async with database.across_tenants(reason=WHY) as tx:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            with scratch.superuser() as connection:
                connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            await tx.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await cut()
    async with database.across_tenants(reason=WHY) as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_connections_that_were_closed_while_nobody_used_them_are_replaced_unnoticed(
    scratch: ScratchDatabase,
) -> None:
    """As after a restart of PostgreSQL: each transaction meets a connection that is gone, all at the same time."""
    tenant_id = TenantId(new_uuid())
    settings = DatabaseSettings(url=PostgresDsn(scratch.url("control_plane")), pool_size=4)
    database = Database(settings, application="stale")
    together = asyncio.Barrier(4)

    async def pid(enter: AbstractAsyncContextManager[Transaction]) -> int:
        async with enter as tx:
            await together.wait()
            return int((await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one())

    first = set(await asyncio.gather(*(pid(database.tenant(tenant_id)) for _ in range(4))))
    assert len(first) == 4
    with scratch.superuser() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'stale'"
        )
    across = (database.across_tenants(reason=WHY) for _ in range(2))
    second = set(await asyncio.gather(*map(pid, (database.tenant(tenant_id), database.tenant(tenant_id), *across))))
    assert len(second) == 4
    assert not first & second
    with scratch.superuser() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'stale'"
        )
    await database.ping()
    await database.close()


async def test_a_statement_whose_time_is_over_is_told_as_a_busy_database(database: Database) -> None:
    with pytest.raises(DatabaseBusy):
        async with database.across_tenants(reason=WHY) as tx:
            await tx.execute(text("SELECT pg_sleep(30)"))


async def test_a_transaction_that_pauses_too_long_is_undone_and_holds_no_row_any_longer(
    database: Database, scratch: ScratchDatabase
) -> None:
    """As when a process freezes in its midst: who comes after it must not wait for as long as it is frozen."""
    lock = "SELECT pg_advisory_xact_lock(7)"

    async def pause() -> None:
        async with database.across_tenants(reason=WHY) as tx:
            await tx.execute(text(lock))
            with scratch.superuser() as other:
                other.execute("SET lock_timeout = '60s'")
                # Blocks this process's loop, which is what freezes it, until the pause is found and the lock is free.
                other.execute(lock)
            await tx.execute(text("SELECT 1"))

    with pytest.raises(DatabaseUnavailable):
        await pause()
    async with database.across_tenants(reason=WHY) as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("SELECT length(CAST(:value AS text))", "a\0b"),
        ("SELECT length(CAST(:value AS text))", "\ud83d"),
        ("SELECT CAST(:value AS int)", 3_000_000_000),
        ("SELECT CAST(:value AS bigint)", 2**63),
        ("SELECT CAST(:value AS jsonb)", '"\\u0000"'),
        ("SELECT CAST(:value AS jsonb)", '"\\ud83d"'),
        ("SELECT CAST(CAST(:value AS text) AS timestamptz)", "the day before yesterday"),
    ],
)
async def test_a_value_that_cannot_be_stored_is_the_callers_fault_for_good(
    database: Database, statement: str, value: object
) -> None:
    with pytest.raises(ValueNotStorable) as refused:
        async with database.across_tenants(reason=WHY) as tx:
            await tx.execute(text(statement), {"value": value})
    assert not refused.value.retryable


async def test_what_was_removed_while_something_was_made_for_it_is_not_found(database: Database) -> None:
    """The new row's reference leads nowhere by the time that it is written, though whoever writes it had looked."""
    tenant_id = TenantId(new_uuid())
    with pytest.raises(NotFound, match="removed at the same moment") as gone:
        async with database.tenant(tenant_id) as tx:
            await tx.execute(
                text("INSERT INTO roles (tenant_id, role_id, name, permissions) VALUES (:t, :r, 'x', '{runs:read}')"),
                {"t": tenant_id, "r": new_uuid()},
            )
    assert not gone.value.retryable


async def test_what_a_login_may_not_do_is_refused_for_good(database: Database) -> None:
    with pytest.raises(DatabaseRefused) as refused:
        async with database.tenant(TenantId(new_uuid())) as tx:
            await tx.execute(text("DELETE FROM tenants"))
    assert not refused.value.retryable
    assert "permission denied" in str(refused.value.__cause__)


SECRET = "a word of a tenant"


async def logged(
    database: Database, caplog: pytest.LogCaptureFixture, kind: type[LockstepError], *statements: str
) -> logging.LogRecord:
    """What is logged of a transaction with a tenant's word, of which the last statement is refused."""
    caplog.set_level(logging.DEBUG, logger=refusals.__name__)

    async def send() -> None:
        async with database.tenant(TenantId(new_uuid())) as tx:
            for statement in statements:
                await tx.execute(text(statement), {"word": SECRET})

    with pytest.raises(kind) as refused:
        await send()
    [record] = [one for one in caplog.records if one.name == refusals.__name__]
    line = JsonFormatter("test").format(record) + "".join(traceback.format_exception(refused.value))
    assert SECRET not in line, "no parameter, no value of a row, and no traceback that prints the driver's details"
    return record


async def test_a_statement_that_nobody_expected_to_be_refused_is_logged_with_what_was_refused(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    insert = "INSERT INTO tasks (tenant_id,\n  task_id, name) VALUES (gen_random_uuid(), gen_random_uuid(), :word)"
    record = await logged(database, caplog, DatabaseRefused, "SELECT CAST(:word AS text)", insert)
    line = json.loads(JsonFormatter("test").format(record))
    assert (line["level"], line["sqlstate"]) == ("ERROR", "42501")
    assert line["statement"].startswith("INSERT INTO tasks (tenant_id, task_id, name) VALUES")
    assert "row-level security" in line["traceback"]
    assert Path(__file__).name in line["traceback"], "from where it was sent"


async def test_a_constraint_that_was_broken_is_logged_by_its_name(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    insert = """INSERT INTO tasks (tenant_id, task_id, name, version)
                VALUES (current_tenant(), gen_random_uuid(), :word, 0)"""
    record = await logged(database, caplog, DatabaseRefused, insert)
    line = json.loads(JsonFormatter("test").format(record))
    assert (line["sqlstate"], line["constraint"], line["table"]) == ("23514", "tasks_version_check", "tasks")


async def test_a_value_that_cannot_be_stored_is_no_error_of_ours(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    record = await logged(database, caplog, ValueNotStorable, "SELECT CAST(CAST(:word AS text) AS uuid)")
    assert record.levelno == logging.DEBUG


async def test_what_passes_is_logged_by_nobody_here(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=refusals.__name__)
    with pytest.raises(DatabaseBusy):
        async with database.across_tenants(reason=WHY) as tx:
            await tx.execute(text("SELECT pg_sleep(5)"))
    assert [one for one in caplog.records if one.name == refusals.__name__] == []


@pytest.mark.parametrize(
    ("error", "tries"),
    [(DatabaseUnavailable("away"), 4), (DatabaseBusy("busy"), 1), (DatabaseRefused("no"), 1), (LockstepError("x"), 1)],
)
async def test_only_a_database_that_is_away_is_asked_again_at_once(error: LockstepError, tries: int) -> None:
    made = 0

    async def transaction() -> None:
        nonlocal made
        made += 1
        raise error

    with pytest.raises(type(error)):
        await with_retries(transaction)
    assert made == tries


@pytest.mark.parametrize("place", ["in a statement", "between two", "at the beginning"])
async def test_a_transaction_that_is_cancelled_leaves_its_connection_clean_and_free(
    database: Database, place: str
) -> None:
    """The pool has one connection, so that a lost one would be missed at once."""
    began = asyncio.Event()

    async def work() -> None:
        if place == "at the beginning":
            began.set()
        async with database.tenant(TenantId(new_uuid())) as tx:
            await tx.execute(text("SELECT set_config('lockstep.left_behind', 'yes', true)"))
            began.set()
            if place == "between two":
                await asyncio.Event().wait()
            await tx.execute(text("SELECT pg_sleep(0.2)"))

    for _ in range(10):
        began.clear()
        task = asyncio.create_task(work())
        await began.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with database.across_tenants(reason=WHY) as tx:
            left = await tx.execute(
                text(
                    """SELECT current_setting('lockstep.left_behind', true) AS left_behind,
                              current_setting('lockstep.tenant', true) AS tenant"""
                )
            )
            assert [value or "" for value in left.one()] == ["", ""]
