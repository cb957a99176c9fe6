"""One login's pool of connections, and the two ways to open a transaction on it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from pydantic import Field, PostgresDsn
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from foundation.domain.errors import DatabaseBusy, DatabaseUnavailable
from foundation.domain.ids import TenantId
from foundation.storage.session.documents import from_jsonb
from foundation.storage.session.refusals import in_our_words
from foundation.storage.session.statements import text
from foundation.telemetry.logs import logger
from foundation.telemetry.retries import with_tries

Transaction = AsyncConnection
T = TypeVar("T")

_log = logger(__name__)

_FOR_TENANT = text("SELECT set_config('lockstep.tenant', :tenant_id, true)")
_OF_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_ALIVE = text("SELECT 1")

_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.1


class DatabaseSettings(BaseSettings):
    """How to reach PostgreSQL as one login."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_DATABASE_")

    url: PostgresDsn = Field(description="postgresql://login:password@host:port/database")
    pool_size: int = Field(default=8, ge=1, le=100, description="connections kept open")
    pool_timeout_seconds: float = Field(default=5, gt=0, le=60, description="longest wait for a free connection")
    recycle_seconds: int = Field(default=1800, ge=60, description="age at which a connection is replaced")
    connect_timeout_seconds: int = Field(default=5, ge=1, le=60)
    statement_timeout_ms: int = Field(default=15_000, ge=100, le=300_000, description="longest single statement")


class Database:
    """Transactions as one login; close it when the process ends.

    What the driver raises within a transaction leaves it as one of our own errors: `DatabaseUnavailable` where
    PostgreSQL is away or the pool is exhausted, `ValueNotStorable` for a value that it cannot hold, `DatabaseRefused`
    for the rest.
    """

    def __init__(self, settings: DatabaseSettings, *, application: str = "lockstep") -> None:
        url = str(settings.url).replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.pool_timeout_seconds,
            pool_recycle=settings.recycle_seconds,
            json_deserializer=from_jsonb,
            connect_args={
                "connect_timeout": settings.connect_timeout_seconds,
                "application_name": application,
                "options": f"-c statement_timeout={settings.statement_timeout_ms} -c timezone=UTC",
            },
        )

    @asynccontextmanager
    async def tenant(self, tenant_id: TenantId) -> AsyncIterator[Transaction]:
        """A transaction that sees one tenant; commits on leaving, rolls back on an error."""
        async with self._begin(_FOR_TENANT, {"tenant_id": str(tenant_id)}) as tx:
            yield tx

    @asynccontextmanager
    async def across_tenants(
        self, *, reason: str, one_moment: bool = False, just_used: bool = False
    ) -> AsyncIterator[Transaction]:
        """A transaction for the few logins whose policies span tenants; `reason` is logged and explains why it must.

        With `one_moment` all its statements see the same snapshot of the database. A caller that has `just_used` this
        database need not be sure again that its connection is open.
        """
        _log.debug("transaction across tenants", extra={"reason": reason})
        first = _OF_ONE_MOMENT if one_moment else _ALIVE
        async with self._begin(None if just_used else first, {}) as tx:
            yield tx

    async def ping(self) -> None:
        """Raises `DependencyUnavailable` when PostgreSQL does not answer."""
        async with self._begin(_ALIVE, {}):
            pass

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def _begin(self, first: TextClause | None, values: Mapping[str, str]) -> AsyncIterator[Transaction]:
        """A transaction that begins with this statement, which also shows whether its connection is still open.

        One that PostgreSQL has closed since it was last used is replaced, without a round trip of its own to ask.
        """
        with in_our_words():
            for can_be_replaced in (True, False):
                async with self._engine.connect() as tx:
                    try:
                        if first is not None:
                            await tx.execute(first, values)
                    except DBAPIError as error:
                        if error.connection_invalidated and can_be_replaced:
                            continue
                        raise
                    yield tx
                    await tx.commit()
                    return


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
