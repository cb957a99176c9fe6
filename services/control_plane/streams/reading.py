"""Reads of what is stored of a stream, few of them at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from foundation.cloud.live_text.base import Room
from foundation.domain.ids import RunId, TenantId
from foundation.domain.policy.retention import ContentExpired, ContentKind
from foundation.storage.execution import event_streams
from foundation.storage.execution.event_streams import EventPlace, PageLimits, StreamedEvent, StreamPage
from foundation.storage.session.database import Database, Transaction

LIVE_PAGE = PageLimits(events=500, data_bytes=500_000)


@dataclass(frozen=True, slots=True)
class SourcePage:
    """The next events of a stream; once there are no `more`, it may have `ended`."""

    events: tuple[StreamedEvent, ...]
    more: bool
    horizon: int
    ended: bool
    room: Room | None = None
    """Where what models say in it is heard; none of the tenant's stream, which has no text."""


class StreamSource(Protocol):
    """What a stream is of."""

    @property
    def tenant_id(self) -> TenantId: ...

    async def page(self, tx: Transaction, after: EventPlace, limits: PageLimits) -> SourcePage | None:
        """What is stored after this place; None where there is no such thing."""
        ...

    def is_of(self, run_id: RunId | None, runs_above: Sequence[RunId]) -> bool:
        """Whether what happens in a run of the tenant, which has these above it, is in the stream."""
        ...


@dataclass(frozen=True, slots=True)
class RunSource:
    """A run with those below it."""

    tenant_id: TenantId
    run_id: RunId

    async def page(self, tx: Transaction, after: EventPlace, limits: PageLimits) -> SourcePage | None:
        run = await event_streams.standing(tx, self.tenant_id, self.run_id)
        if run is None:
            return None
        if run.expired_at is not None:
            raise ContentExpired(f"the events of run {self.run_id}", ContentKind.EVENTS, run.expired_at)
        page = await event_streams.of_run(
            tx, self.tenant_id, self.run_id, after=after, until=run.horizon, limits=limits
        )
        return _source_page(page, ended=run.ended, room=(self.tenant_id, run.root))

    def is_of(self, run_id: RunId | None, runs_above: Sequence[RunId]) -> bool:
        return run_id == self.run_id or self.run_id in runs_above


@dataclass(frozen=True, slots=True)
class TenantSource:
    """All runs of a tenant, and what happens in none of them."""

    tenant_id: TenantId

    async def page(self, tx: Transaction, after: EventPlace, limits: PageLimits) -> SourcePage:
        until = await event_streams.horizon(tx)
        page = await event_streams.of_tenant(tx, self.tenant_id, after=after, until=until, limits=limits)
        return _source_page(page, ended=False)

    def is_of(self, run_id: RunId | None, runs_above: Sequence[RunId]) -> bool:  # noqa: ARG002  # it has all of them
        return True


def _source_page(page: StreamPage, *, ended: bool, room: Room | None = None) -> SourcePage:
    return SourcePage(page.events, page.more, page.horizon, ended and not page.more, room)


class StreamReads:
    """Reads for streams, at most `at_once`: so many readers may come at once that they would take the whole pool."""

    def __init__(self, database: Database, *, at_once: int) -> None:
        self._database = database
        self._places = asyncio.Semaphore(at_once)

    async def page(self, source: StreamSource, after: EventPlace, limits: PageLimits = LIVE_PAGE) -> SourcePage | None:
        async with self._places, self._database.tenant(source.tenant_id) as tx:
            return await source.page(tx, after, limits)

    async def horizon(self, tenant_id: TenantId) -> int:
        async with self._places, self._database.tenant(tenant_id) as tx:
            return await event_streams.horizon(tx)
