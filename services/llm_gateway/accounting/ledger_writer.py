"""Moves usage events from Redis streams into the ledger in batches, and acknowledges them after the commit."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from foundation.domain.errors import DependencyUnavailable
from foundation.storage.ledger.llm_events import EventRefused, insert_llm_events, recorded_event_ids
from foundation.storage.limits.budget_warnings import WarningRefused, insert_budget_warning
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from llm_gateway.accounting.usage_event import make_ledger_document, read_event_id
from llm_gateway.accounting.warnings import read_warning, report_warning
from llm_gateway.budget.redis import keys
from llm_gateway.budget.reservation import Reservation

GROUP = "recorder"
_BATCH = 200
_BLOCK_MS = 2000
_CLAIM_IDLE_MS = 10_000
_GATHER_SECONDS, _GATHER_LONGER_SECONDS = 0.05, 0.3
"""Pause in which a batch fills, because a transaction for each event would cost more than the call did. It is longer
where the last batch was not small."""
_SMALL = 2
_OTHERS_SECONDS = 0.2
"""Pause when other consumers have read all entries that are in the streams."""

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class StreamEntry:
    """One entry of a Redis stream: a usage event, or the warning of a budget."""

    stream: str
    entry_id: str
    fields: Mapping[bytes, bytes]

    @property
    def is_warning(self) -> bool:
        return b"warning" in self.fields

    @property
    def text(self) -> bytes:
        return self.fields[b"event"]

    @property
    def made_ms(self) -> int:
        return int(self.entry_id.partition("-")[0])


class LedgerWriter:
    """One consumer of the group; while PostgreSQL is away the entries stay in their streams."""

    def __init__(
        self,
        redis: Redis,
        database: Database,
        *,
        consumer: str,
    ) -> None:
        self._redis = redis
        self._database = database
        self._consumer = consumer
        self.on_recorded: Callable[[set[UUID]], None] = _ignore
        self._streams = [keys.stream(bucket) for bucket in range(keys.BUCKETS)]
        self._last_batch = 0
        self.between_batches = asyncio.Lock()
        """Held while a batch is on its way to the ledger, so that a rebuild that holds it knows that none is."""

    async def run(self) -> None:
        """Record until cancelled.

        It is not `every`: a failure changes what is read next, since entries that were read stay pending.
        """
        own_pending, since_claim = True, 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self.record_once(new=not own_pending, block_ms=None if own_pending else _BLOCK_MS)
                own_pending = False
                if loop.time() - since_claim > _CLAIM_IDLE_MS / 1000:
                    since_claim = loop.time()
                    await self.take_over(idle_ms=_CLAIM_IDLE_MS)
            except (RedisError, DependencyUnavailable) as error:
                _log.debug("usage events wait", exc_info=error)
                own_pending = True
                await asyncio.sleep(0.5)

    async def record_once(self, *, new: bool, block_ms: int | None) -> int:
        """Record one batch: of new entries, or of all that this consumer has read and not yet acknowledged."""
        start = ">" if new else "0"
        while True:
            # Wait outside the lock and read under it, so that no batch is on its way while another holds the lock.
            if block_ms:
                if not await self._wait_for_entries(block_ms):
                    return 0
                await asyncio.sleep(_GATHER_SECONDS if self._last_batch < _SMALL else _GATHER_LONGER_SECONDS)
            async with self.between_batches:
                try:
                    answer = await self._redis.xreadgroup(
                        GROUP, self._consumer, dict.fromkeys(self._streams, start), count=_BATCH
                    )
                except ResponseError as error:
                    if not str(error).startswith("NOGROUP"):
                        raise
                    await self.create_groups()
                    continue
                entries = _read_entries(answer)
                await self._record(entries)
            self._last_batch = len(entries)
            if block_ms and not entries:
                await asyncio.sleep(_OTHERS_SECONDS)
            if new or not entries:
                return len(entries)

    async def take_over(self, *, idle_ms: int) -> int:
        """Record what other consumers read and did not acknowledge for this long."""
        total = 0
        for stream in self._streams:
            async with self.between_batches:
                answer = await self._redis.xautoclaim(stream, GROUP, self._consumer, idle_ms, count=_BATCH)
                entries = [StreamEntry(stream, entry_id.decode(), fields) for entry_id, fields in answer[1] if fields]
                await self._record(entries)
            total += len(entries)
        return total

    async def create_groups(self) -> None:
        for stream in self._streams:
            try:
                await self._redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    async def count_unrecorded(self, buckets: Iterable[int] = range(keys.BUCKETS)) -> int:
        """How many entries are in these buckets' streams."""
        pipeline = self._redis.pipeline(transaction=False)
        for bucket in buckets:
            pipeline.xlen(keys.stream(bucket))
        return sum(await pipeline.execute())

    async def find_recorded(self, reservations: Sequence[Reservation]) -> set[UUID]:
        """The ids of those of these attempts whose events PostgreSQL has."""
        attempts = [(one.tenant_id, one.event_day, one.reservation_id) for one in reservations]
        if not attempts:
            return set()
        async with self._database.across_tenants(reason="which attempts are recorded") as tx:
            return await recorded_event_ids(tx, attempts)

    async def _wait_for_entries(self, block_ms: int) -> bool:
        return bool(await self._redis.xread(dict.fromkeys(self._streams, "0"), count=1, block=block_ms))

    async def _record(self, entries: list[StreamEntry]) -> None:
        if not entries:
            return
        events = [entry for entry in entries if not entry.is_warning]
        named = [(entry, event_id) for entry in events if (event_id := await self._read_id(entry)) is not None]
        try:
            await self._insert([entry for entry, _ in named])
        except EventRefused:
            # One by one, so that the event which the ledger refuses does not keep back the others.
            for entry, _ in named:
                try:
                    await self._insert([entry])
                except EventRefused as error:
                    await self._reject(entry, str(error))
        await self._record_warnings([entry for entry in entries if entry.is_warning])
        pipeline = self._redis.pipeline(transaction=False)
        for stream, group in groupby(entries, key=lambda entry: entry.stream):
            identities = [entry.entry_id for entry in group]
            pipeline.xack(stream, GROUP, *identities)
            pipeline.xdel(stream, *identities)
        await pipeline.execute()
        self.on_recorded({event_id for _, event_id in named})

    async def _insert(self, entries: Sequence[StreamEntry]) -> None:
        if not entries:
            return
        async with self._database.across_tenants(reason="record usage events") as tx:
            documents = [make_ledger_document(entry.text, entry_ms=entry.made_ms) for entry in entries]
            await insert_llm_events(tx, documents)

    async def _record_warnings(self, entries: Sequence[StreamEntry]) -> None:
        """Store each warning, and report it if it is new; one at a time, because there are few."""
        for entry in entries:
            try:
                warning = read_warning(entry.fields, made_ms=entry.made_ms)
                async with self._database.across_tenants(reason="record a budget warning") as tx:
                    is_new = await insert_budget_warning(tx, warning)
            except (WarningRefused, KeyError, ValueError) as error:
                await self._reject(entry, str(error))
                continue
            if is_new:
                report_warning(warning)

    async def _read_id(self, entry: StreamEntry) -> UUID | None:
        try:
            return read_event_id(entry.text)
        except msgspec.MsgspecError as error:
            await self._reject(entry, str(error))
            return None

    async def _reject(self, entry: StreamEntry, why: str) -> None:
        """Keep an entry that the ledger refuses in a stream of its own, where a person can look at it."""
        fields = {"stream": entry.stream, "entry": str(dict(entry.fields)), "why": why}
        _log.error("a stream's entry is refused by the ledger", extra=fields, exc_info=True)
        kept: dict[Any, Any] = {**entry.fields, b"why": why}
        await self._redis.xadd(entry.stream.replace(":events", ":rejected"), kept)


def _ignore(_: set[UUID]) -> None:
    """Does nothing: a writer outside a gateway's process has no journal to trim."""


def _read_entries(answer: Any) -> list[StreamEntry]:
    return [
        StreamEntry(stream.decode(), entry_id.decode(), fields)
        for stream, pairs in answer
        for entry_id, fields in pairs
        if fields  # an entry that was deleted after it was read has none
    ]
