"""Every event that is in a stream gets into the ledger once, and leaves its stream only afterwards."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from psycopg import IntegrityError
from redis.exceptions import ResponseError

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.accounting.usage_event import UsageEvent, encode_event
from llm_gateway.budget.redis import keys

TENANT = TenantId(new_uuid())
BUCKET = keys.bucket_of(TENANT)
STREAM, REJECTED = keys.stream(BUCKET), keys.stream(BUCKET).replace(":events", ":rejected")
Fields = dict[Any, Any]


def an_event() -> UsageEvent:
    now = datetime.now(UTC)
    return UsageEvent(
        tenant_id=TENANT,
        event_day=now.date(),
        event_id=new_uuid(),
        kind="attempt",
        attempt=1,
        dialect="chat",
        route="r",
        provider="p",
        model="m",
        status="succeeded",
        usage_source="provider",
        input_tokens=1,
        output_tokens=2,
        total_tokens=3,
        cost_nano_usd=4,
        price_version="v",
        started_at=now,
        request_id=new_uuid(),
    )


@dataclass
class _Stream:
    entries: dict[bytes, Fields] = field(default_factory=dict)
    last_read: bytes | None = None
    pending: dict[bytes, str] = field(default_factory=dict)
    """The consumer that has read an entry and not acknowledged it."""


class Streams:
    """Redis' streams with one consumer group each, as far as the writer uses them."""

    def __init__(self) -> None:
        self.streams: dict[str, _Stream] = {}
        self.has_groups = True

    def add(self, stream: str, fields: Fields) -> None:
        entries = self.streams.setdefault(stream, _Stream()).entries
        entries[f"{1_700_000_000_000 + len(entries):d}-0".encode()] = fields

    async def xadd(self, stream: str, fields: Fields) -> None:
        self.add(stream, fields)

    async def xgroup_create(self, stream: str, _group: str, *, id: str, mkstream: bool) -> None:  # noqa: A002
        assert (id, mkstream) == ("0", True)
        if self.has_groups and stream in self.streams:
            raise ResponseError("BUSYGROUP Consumer Group name already exists")
        self.streams.setdefault(stream, _Stream())
        self.has_groups = len(self.streams) >= keys.BUCKETS

    async def xreadgroup(self, _group: str, consumer: str, starts: Mapping[str, str], *, count: int) -> Any:
        if not self.has_groups:
            raise ResponseError("NOGROUP No such key or consumer group")
        answer = []
        for name, start in starts.items():
            stream = self.streams.get(name, _Stream())
            if start == ">":
                found = [one for one in stream.entries if stream.last_read is None or one > stream.last_read][:count]
                stream.last_read = found[-1] if found else stream.last_read
                stream.pending |= dict.fromkeys(found, consumer)
            else:
                found = [one for one, by in stream.pending.items() if by == consumer][:count]
            if found:
                answer.append((name.encode(), [(one, stream.entries.get(one, {})) for one in found]))
        return answer

    async def xautoclaim(self, name: str, _group: str, consumer: str, _idle_ms: int, *, count: int) -> Any:
        stream = self.streams.get(name, _Stream())
        found = list(stream.pending)[:count]
        stream.pending |= dict.fromkeys(found, consumer)
        return b"0-0", [(one, stream.entries.get(one, {})) for one in found]

    def pipeline(self, *, transaction: bool) -> "_Pipeline":
        assert not transaction
        return _Pipeline(self)


class _Pipeline:
    def __init__(self, redis: Streams) -> None:
        self._streams = redis.streams
        self._answers: list[int] = []

    def xlen(self, name: str) -> None:
        self._answers.append(len(self._streams.get(name, _Stream()).entries))

    def xack(self, name: str, _group: str, *entries: str) -> None:
        for one in entries:
            self._streams[name].pending.pop(one.encode())

    def xdel(self, name: str, *entries: str) -> None:
        for one in entries:
            del self._streams[name].entries[one.encode()]

    async def execute(self) -> list[int]:
        return self._answers


class Ledger:
    """What was committed; an event of `refused` breaks a constraint, which undoes its transaction."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.warnings: list[Mapping[str, Any]] = []
        self.refused: set[UUID] = set()
        self.transactions = 0
        self.is_away = False

    @asynccontextmanager
    async def across_tenants(self, *, reason: str) -> AsyncIterator[Any]:
        assert reason
        if self.is_away:
            raise DependencyUnavailable("PostgreSQL is away")
        self.transactions += 1

        async def execute(_: Any, values: Mapping[str, Any]) -> Any:
            if "events" not in values:
                self.warnings.append(values)
                return SimpleNamespace(first=lambda: (True,))
            events = json.loads(values["events"])
            if any(UUID(event["event_id"]) in self.refused for event in events):
                raise IntegrityError("a constraint")
            self.events += events
            return None

        yield SimpleNamespace(execute=execute)


class Bench:
    """A writer on streams and a ledger."""

    def __init__(self, redis: Streams | None = None, ledger: Ledger | None = None, *, consumer: str = "one") -> None:
        self.redis, self.ledger = redis or Streams(), ledger or Ledger()
        stand_ins: tuple[Any, Any] = (self.redis, self.ledger)
        self.writer = LedgerWriter(*stand_ins, consumer=consumer)
        self.recorded: list[set[UUID]] = []
        self.writer.on_recorded = self.recorded.append

    def add(self, *events: UsageEvent) -> None:
        for event in events:
            self.redis.add(STREAM, {b"event": encode_event(event).encode()})

    async def record(self, *, new: bool = True) -> int:
        return await self.writer.record_once(new=new, block_ms=None)

    def ids(self) -> list[UUID]:
        return [UUID(event["event_id"]) for event in self.ledger.events]


async def test_new_events_are_recorded_in_one_transaction_and_leave_their_stream() -> None:
    bench, events = Bench(), [an_event() for _ in range(3)]
    bench.add(*events)
    assert await bench.record() == 3
    assert (bench.ids(), bench.ledger.transactions) == ([event.event_id for event in events], 1)
    assert bench.recorded == [{event.event_id for event in events}]
    assert await bench.writer.count_unrecorded() == 0
    assert bench.redis.streams[STREAM].pending == {}
    assert await bench.record() == 0


async def test_an_event_is_settled_when_its_entry_was_made() -> None:
    bench = Bench()
    bench.add(an_event())
    await bench.record()
    assert bench.ledger.events[0]["settled_at"] == "2023-11-14T22:13:20.000+00:00"


async def test_events_stay_in_their_stream_while_the_ledger_is_away_and_are_recorded_by_the_next_read() -> None:
    bench, event = Bench(), an_event()
    bench.add(event)
    bench.ledger.is_away = True
    with pytest.raises(DependencyUnavailable):
        await bench.record()
    assert (await bench.writer.count_unrecorded([BUCKET]), bench.recorded) == (1, [])
    bench.ledger.is_away = False
    assert await bench.record() == 0, "what was read already is not new"
    await bench.record(new=False)
    assert bench.ids() == [event.event_id]


async def test_what_another_consumer_read_and_left_is_taken_over() -> None:
    dead, event = Bench(consumer="dead"), an_event()
    dead.add(event)
    dead.ledger.is_away = True
    with pytest.raises(DependencyUnavailable):
        await dead.record()
    bench = Bench(dead.redis)
    assert await bench.record(new=False) == 0
    assert await bench.writer.take_over(idle_ms=1000) == 1
    assert bench.ids() == [event.event_id]


async def test_an_event_that_the_ledger_refuses_is_kept_apart_and_holds_back_no_other() -> None:
    bench, events = Bench(), [an_event() for _ in range(3)]
    bench.add(*events)
    bench.ledger.refused = {events[1].event_id}
    await bench.record()
    assert bench.ids() == [events[0].event_id, events[2].event_id]
    assert await bench.writer.count_unrecorded([BUCKET]) == 0
    [kept] = bench.redis.streams[REJECTED].entries.values()
    assert json.loads(kept[b"event"])["event_id"] == str(events[1].event_id)
    assert "a constraint" in kept[b"why"]


@pytest.mark.parametrize("text", [b"no JSON", b'{"event_id": "no id"}'])
async def test_what_is_no_event_is_kept_apart(text: bytes) -> None:
    bench, event = Bench(), an_event()
    bench.redis.add(STREAM, {b"event": text})
    bench.add(event)
    await bench.record()
    assert bench.ids() == [event.event_id]
    assert [kept[b"event"] for kept in bench.redis.streams[REJECTED].entries.values()] == [text]


async def test_a_warning_is_stored_beside_the_events() -> None:
    bench, event = Bench(), an_event()
    scope = keys.scope(BUCKET, TENANT, ScopeKind.TENANT, TENANT)
    words = {"warning": scope, "period": "day", "label": "2026-03-01", "unit": "nano", "limit": "10", "committed": "8"}
    bench.redis.add(STREAM, {name.encode(): value.encode() for name, value in words.items()})
    bench.redis.add(STREAM, {b"warning": scope.encode()})
    bench.add(event)
    await bench.record()
    [stored] = bench.ledger.warnings
    assert (stored["scope_id"], stored["unit"], stored["limit_amount"]) == (TENANT, "nano_usd", 10)
    assert bench.ids() == [event.event_id]
    assert len(bench.redis.streams[REJECTED].entries) == 1, "half a warning is kept apart"


async def test_groups_that_redis_has_lost_are_made_again() -> None:
    bench, event = Bench(), an_event()
    bench.add(event)
    bench.redis.has_groups = False
    assert await bench.record() == 1
    assert bench.ids() == [event.event_id]


async def test_nothing_is_recorded_while_a_rebuild_counts_the_ledger() -> None:
    bench = Bench()
    bench.add(an_event())
    async with bench.writer.between_batches:
        recording = asyncio.ensure_future(bench.record())
        await asyncio.sleep(0)
        assert (bench.ids(), recording.done()) == ([], False)
    assert await recording == 1


async def test_no_question_is_asked_about_no_attempt() -> None:
    bench = Bench()
    bench.ledger.is_away = True
    assert await bench.writer.find_recorded([]) == set()
