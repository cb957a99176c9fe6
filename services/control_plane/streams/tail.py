"""Reads what is new of each tenant that has readers, once for all of them, and tells them through the bus."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from control_plane.streams.frames import event_frame
from foundation.contracts.live_text import TextPiece
from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.storage.execution import event_streams
from foundation.storage.execution.event_streams import PageLimits, StreamedEvent
from foundation.storage.session.database import Database, Transaction
from foundation.storage.session.notifications import notices
from foundation.telemetry.bus.event_bus import EventBus, Topic
from foundation.telemetry.bus.subscription import BusClosed, Subscription
from foundation.telemetry.logs import logger

_KIND = "run_events"
_LIMITS = PageLimits(events=1000, data_bytes=1_000_000)
_BATCHES = 64
_PATIENCE_SECONDS = 0.05
_REST_SECONDS = 0.1
_PACE_SECONDS = 0.25
_SLOW_PACE_SECONDS = 1.0
_LIVELY_SECONDS = 10.0

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """An event, and what every reader of it sends."""

    event: StreamedEvent
    frame: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """All that happened in a tenant from one horizon to another; `events` is None where that is too much to tell."""

    start: int
    end: int
    events: tuple[LiveEvent, ...] | None
    read_at: datetime


def _batches(tenant_id: TenantId) -> Topic[Batch]:
    return Topic(_KIND, tenant_id)


def all_batches() -> Topic[Batch]:
    """What was read of any tenant, for those who count."""
    return Topic("run_events_read")


class Tail:
    """One loop a process. Without readers it asks nothing; with them one question covers all their tenants.

    It asks every 250 ms while something happens, and every second when nothing has for a while. Each notification that
    effects wait in the outbox, which nearly everything that a run does brings about, makes it look at once.
    """

    def __init__(self, database: Database, bus: EventBus, *, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._read_until: dict[TenantId, int] = {}
        self._joined = asyncio.Event()
        self._lively_until = 0.0

    @contextmanager
    def listen(self, tenant_id: TenantId, *others: Topic[TextPiece]) -> Iterator[Subscription[Batch | TextPiece]]:
        """The tenant's batches from now on. The first one may be empty: it tells from where on nothing is left out.

        What is published under the `others` comes in the same queue.
        """
        topics: list[Topic[Any]] = [_batches(tenant_id), *others]
        with self._bus.subscribe(*topics, capacity=_BATCHES) as subscription:
            self._joined.set()
            yield subscription

    async def run(self) -> None:
        """Looks while there are readers, until it is cancelled or the bus is drained."""
        try:
            while True:
                await self._joined.wait()
                # Only with readers: what nobody takes would have the end of the process wait for it.
                with self._bus.subscribe(notices("outbox"), silent_seconds=float("inf")) as noticed:
                    while self._listened():
                        await self._look_or_wait()
                        await self._pause(noticed)
                self._read_until.clear()
                self._joined.clear()
        except BusClosed:
            _log.debug("the tail of events ends with the bus")

    async def look(self) -> None:
        """Reads what is new of all listened tenants, and publishes it."""
        listened = self._listened()
        known = {tenant: self._read_until[tenant] for tenant in listened if tenant in self._read_until}
        self._read_until = dict(known)
        with_events: set[TenantId] = set()
        if known:
            reason = "readers of several tenants wait; it says of whom there is something, by the rights of each"
            async with self._database.across_tenants(reason=reason) as tx:
                with_events = await event_streams.tenants_with_events(tx, list(known.items()))
        for tenant in listened:
            if tenant in with_events or tenant not in known:
                async with self._database.tenant(tenant) as tx:
                    batch = await _read(tx, tenant, known.get(tenant))
                await self._tell(tenant, batch)

    async def _tell(self, tenant: TenantId, batch: Batch) -> None:
        self._read_until[tenant] = batch.end
        if batch.events != ():
            self._lively_until = self._now() + _LIVELY_SECONDS
        await self._bus.publish_patiently(_batches(tenant), batch, patience_seconds=_PATIENCE_SECONDS)
        self._bus.publish(all_batches(), batch)

    async def _look_or_wait(self) -> None:
        try:
            await self.look()
        except (LockstepError, OSError) as error:
            _log.debug("new events cannot be read", exc_info=error)
            await asyncio.sleep(_SLOW_PACE_SECONDS)

    async def _pause(self, noticed: Subscription[None]) -> None:
        await asyncio.sleep(_REST_SECONDS)
        pace = _PACE_SECONDS if self._now() < self._lively_until else _SLOW_PACE_SECONDS
        if await noticed.take(timeout_seconds=pace - _REST_SECONDS):
            self._lively_until = max(self._lively_until, self._now() + _SLOW_PACE_SECONDS)

    def _listened(self) -> list[TenantId]:
        return [TenantId(UUID(str(topic.of))) for topic in self._bus.topics if topic.kind == _KIND]


async def _read(tx: Transaction, tenant_id: TenantId, start: int | None) -> Batch:
    """What is new from `start` on; of a tenant that has just got readers nothing, as they read for themselves."""
    until = await event_streams.horizon(tx)
    read_at = datetime.now(UTC)
    if start is None:
        return Batch(until, until, (), read_at)
    after = event_streams.before(start)
    page = await event_streams.of_tenant(tx, tenant_id, after=after, until=until, limits=_LIMITS)
    events = None if page.more else tuple(LiveEvent(event, event_frame(event)) for event in page.events)
    return Batch(start, until, events, read_at)
