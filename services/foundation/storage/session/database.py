"""One login's pool of connections, and the two ways to open a transaction on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple, TypeVar, cast
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row
from pydantic import Field, PostgresDsn
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util.concurrency import greenlet_spawn

from foundation.domain.errors import DatabaseBusy, DatabaseUnavailable
from foundation.domain.ids import TenantId
from foundation.domain.people.acting import acting_for
from foundation.storage.session.answering import AnsweringConnection, Unanswered
from foundation.storage.session.documents import from_jsonb
from foundation.storage.session.refusals import in_our_words
from foundation.storage.session.transaction import Observer, Transaction
from foundation.telemetry.logs import logger
from foundation.telemetry.retries import with_tries

__all__ = ["Database", "DatabaseSettings", "Transaction", "with_retries"]

T = TypeVar("T")

_log = logger(__name__)

# One round trip opens a transaction, says whose it is, and shows whether its connection is still open. The text has no
# parameters, because only so does PostgreSQL take two commands at once.
_BEGIN = "BEGIN"
_BEGIN_READING = "BEGIN READ ONLY"
_BEGIN_AT_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ"
_FOR = "; SELECT set_config('lockstep.tenant', '{}', true)"
_PLANNED_ONCE = ", set_config('plan_cache_mode', 'force_generic_plan', true) AS planned"

_IS_THERE = (
    "; SELECT EXISTS (SELECT FROM tenants WHERE tenant_id = '{0}') AS is_there,"
    " EXISTS (SELECT FROM tenant_deletions WHERE tenant_id = '{0}' AND status = 'running') AS is_going"
)

ONLY_THE_PRIMARY: Final = "read-write"
"""Which sessions are good: after a failover an address may lead to a standby, where nobody may write or listen."""
_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.1


class DatabaseSettings(BaseSettings):
    """How to reach PostgreSQL as one login."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_DATABASE_")

    url: PostgresDsn = Field(description="postgresql://login:password@host:port/database")
    pool_size: int = Field(default=8, ge=1, le=100, description="connections kept open")
    pool_timeout_seconds: float = Field(default=5, gt=0, le=60, description="longest wait for a free connection")
    recycle_seconds: int = Field(default=1800, ge=60, description="age at which a connection is replaced")
    connect_timeout_seconds: int = Field(
        default=5, ge=1, le=60, description="longest silence before a connection is made, begins or undoes"
    )
    statement_timeout_ms: int = Field(default=15_000, ge=100, le=300_000, description="longest single statement")
    idle_transaction_timeout_ms: int = Field(
        default=10_000, ge=100, le=300_000, description="longest pause between two statements of a transaction"
    )


class Database:
    """Transactions as one login; close it when the process ends.

    SQLAlchemy keeps the pool; within a transaction there is only the driver. What the driver raises leaves the
    transaction as one of our own errors: `DatabaseUnavailable` where PostgreSQL is away or the pool is exhausted,
    `TransactionCollided` after a deadlock, `ValueNotStorable` for a value that it cannot hold, `DatabaseRefused` for
    the rest.
    """

    def __init__(
        self, settings: DatabaseSettings, *, application: str = "lockstep", observe: Observer | None = None
    ) -> None:
        """`observe` is told of each statement and each beginning, for those who count or explain them."""
        url = str(settings.url).replace("postgresql://", "postgresql+psycopg://", 1)
        self._observe = observe
        self._connections = settings.pool_size
        self._silence_seconds: float = settings.connect_timeout_seconds
        # The server ends a statement by itself; it is silent if it has not said so by then.
        self._answer_seconds = settings.statement_timeout_ms / 1000 + self._silence_seconds
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_seconds,
            pool_recycle=settings.recycle_seconds,
            pool_reset_on_return=None,
            json_deserializer=from_jsonb,
            connect_args={
                "async_creator_fn": AnsweringConnection.connect,
                "autocommit": True,
                "connect_timeout": settings.connect_timeout_seconds,
                "target_session_attrs": ONLY_THE_PRIMARY,
                "application_name": application,
                "options": _session_options(settings),
            },
        )

    @asynccontextmanager
    async def tenant(
        self, tenant_id: TenantId, *, one_moment: bool = False, read_only: bool = False, planned_once: bool = False
    ) -> AsyncIterator[Transaction]:
        """A transaction that sees one tenant; commits on leaving, rolls back on an error.

        With `one_moment` all its statements see the same snapshot of the database; with `read_only` PostgreSQL itself
        refuses whatever would write. With `planned_once` a statement that its connection knows keeps one plan for all
        values: for statements that read few rows by an index, whose planning takes longer than they do.

        Within `acting.as_member_of` it also sees, in the same round trip, whether the tenant is there still:
        `NotAMember` or `TenantSuspended` where it is not.
        """
        begin = _BEGIN_AT_ONE_MOMENT if one_moment else _BEGIN_READING if read_only else _BEGIN
        begin += _FOR.format(UUID(str(tenant_id))) + _PLANNED_ONCE * planned_once
        acting = acting_for(tenant_id)
        if acting is not None:
            begin += _IS_THERE.format(UUID(str(tenant_id)))
        async with self._begun(begin, writing=not read_only) as tx:
            if acting is not None:
                found = await tx.last_answer()
                acting.admit(is_there=found.is_there, is_going=found.is_going)
            yield tx

    @asynccontextmanager
    async def across_tenants(self, *, reason: str, one_moment: bool = False) -> AsyncIterator[Transaction]:
        """A transaction for the few logins whose policies span tenants; `reason` is logged and explains why it must.

        With `one_moment` all its statements see the same snapshot of the database.
        """
        _log.debug("transaction across tenants", extra={"reason": reason})
        async with self._begun(_BEGIN_AT_ONE_MOMENT if one_moment else _BEGIN) as tx:
            yield tx

    async def ping(self) -> None:
        """Raises `DependencyUnavailable` when PostgreSQL does not answer."""
        async with self._begun(_BEGIN):
            pass

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def _begun(self, begin: str, *, writing: bool = True) -> AsyncIterator[Transaction]:
        """A transaction on a connection of its own, which goes back to the pool without one, or not at all."""
        with in_our_words(writing=writing) as sent:
            sent.statement = begin
            pooled, cursor = await self._open(begin)
            try:
                yield Transaction(cursor, self._observe, sent)
                await cursor.connection.commit()
            except BaseException:
                # Shielded, because a task that was cancelled may be cancelled again before the connection is back.
                await asyncio.shield(self._give_back(pooled))
                raise
            await greenlet_spawn(pooled.close)

    async def _open(self, begin: str) -> tuple[PoolProxiedConnection, "psycopg.AsyncCursor[NamedTuple]"]:
        """The first connection that begins a transaction; those that PostgreSQL has closed meanwhile are replaced."""
        for others in reversed(range(self._connections + 1)):
            pooled = await self._engine.raw_connection()
            connection = cast("AnsweringConnection", pooled.driver_connection)
            # Nothing is waited for at a beginning but the server itself.
            connection.longest_wait_seconds = self._silence_seconds
            cursor = connection.cursor(row_factory=namedtuple_row)
            if self._observe is not None:
                self._observe(begin, {})
            try:
                await cursor.execute(begin.encode(), prepare=False)
            except BaseException as error:
                await asyncio.shield(self._give_back(pooled))
                if isinstance(error, Unanswered):
                    # The next one would be waited for as long, and so would each other.
                    raise
                if connection.closed and others and isinstance(error, psycopg.OperationalError):
                    continue
                raise
            connection.longest_wait_seconds = self._answer_seconds
            return pooled, cursor
        raise AssertionError("the last try returns or raises")

    async def _give_back(self, pooled: PoolProxiedConnection) -> None:
        """Ends the transaction of a connection and gives it back; one on which that fails is closed."""
        connection = cast("AnsweringConnection", pooled.driver_connection)
        connection.longest_wait_seconds = self._silence_seconds
        with suppress(psycopg.Error):
            await connection.rollback()
        if connection.closed or not _is_clean(connection):
            await greenlet_spawn(pooled.invalidate)
        await greenlet_spawn(pooled.close)


def _is_clean(connection: AnsweringConnection) -> bool:
    """Whether the next transaction can begin on it, and can write."""
    demoted = connection.info.parameter_status("in_hot_standby") == "on"
    return not demoted and connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def _session_options(settings: DatabaseSettings) -> str:
    """What holds for each session of a login, as libpq's command-line options.

    A process that freezes within a transaction (a stopped machine, a lambda between two calls) would hold the rows that
    it locked for as long as its connection stays open. PostgreSQL ends its session instead, and others go on.
    """
    return (
        f"-c statement_timeout={settings.statement_timeout_ms}"
        f" -c idle_in_transaction_session_timeout={settings.idle_transaction_timeout_ms}"
        " -c timezone=UTC"
    )


async def with_retries(transaction: Callable[[], Awaitable[T]]) -> T:
    """Runs a whole transaction again while PostgreSQL is away, four times at most, with a growing pause.

    `transaction` must hold nothing but its own transaction: all of it happens again. A busy database raises at once,
    as an immediate retry would only add to its work.
    """
    return await with_tries(
        transaction,
        on=(DatabaseUnavailable,),
        never=(DatabaseBusy,),
        attempts=_TRIES,
        pause_seconds=_FIRST_PAUSE_SECONDS,
    )
