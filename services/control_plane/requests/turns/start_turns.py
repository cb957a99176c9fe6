"""Whose runs begin next: few of a tenant at a time, as PostgreSQL decides about them one by one anyway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from foundation.domain.errors import QuotaExceeded
from foundation.domain.ids import TenantId

MOST_AT_ONCE = 2
"""Of one tenant, in a process. One has its quotas decided while the other is read and checked."""
MAX_WAIT_SECONDS = 5.0
"""How long a start waits for its turn."""


@dataclass(slots=True)
class _Line:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
    asked: int = 0
    """Those that have a place and those that wait for one."""


class StartTurns:
    """Lets a tenant's starts wait before they have a connection, so that they take none from anybody else."""

    def __init__(self, *, patience_seconds: float = MAX_WAIT_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._lines: dict[TenantId, _Line] = {}

    @asynccontextmanager
    async def one(self, tenant_id: TenantId) -> AsyncIterator[None]:
        """Waits for the turn; `QuotaExceeded` where it does not come: too many of the tenant are before it."""
        line = self._lines.setdefault(tenant_id, _Line())
        line.asked += 1
        try:
            await self._turn(line)
            try:
                yield
            finally:
                line.places.release()
        finally:
            line.asked -= 1
            if not line.asked:
                self._lines.pop(tenant_id, None)

    async def _turn(self, line: _Line) -> None:
        try:
            async with asyncio.timeout(self._patience_seconds):
                await line.places.acquire()
        except TimeoutError as error:
            raise QuotaExceeded(
                f"runs of the tenant are started faster than they are taken: this one has waited for"
                f" {self._patience_seconds:g} s",
                retry_after=max(1, round(self._patience_seconds)),
                remedy="send it again after the time that Retry-After names, and fewer at once",
            ) from error
