"""Settlements that Redis does not take at once, or loses again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from redis.exceptions import ConnectionError as NotConnected

from fixtures.machine.redis_server import RedisServer
from fixtures.money.budget_bench import BudgetBench, running_bench
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import new_uuid
from llm_gateway.accounting.attempt_book import AttemptBook, RedisUnavailable
from llm_gateway.accounting.journal import Journal, Settlement
from llm_gateway.accounting.usage_event import UsageEvent, encode_event
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BucketClosed
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import Headroom, ReservationRequest
from llm_gateway.budget.store import BudgetStore
from llm_gateway.budget.totals.redis_holds import read_redis_holds
from llm_gateway.budget.waiting import FairWait

LEASE = timedelta(seconds=30)


class Store(BudgetStore):
    """Its answers may be lost, or come late."""

    before_answer: Callable[[], Awaitable[None]] | None = None

    async def reserve(self, request: ReservationRequest) -> Headroom:
        headroom = await super().reserve(request)
        if self.before_answer:
            await self.before_answer()
        return headroom


async def breaks() -> None:
    raise NotConnected


async def none_recorded(_: Sequence[Reservation]) -> set[UUID]:
    """Which of these attempts PostgreSQL has, where there is none."""
    return set()


@pytest.fixture
async def bench(redis_server: RedisServer) -> AsyncIterator[BudgetBench]:
    async with running_bench(redis_server) as bench:
        yield bench


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path, "gateway-1")
    yield journal
    journal.close()


@pytest.fixture
def store(bench: BudgetBench) -> Store:
    return Store(bench.redis, lease=LEASE)


@pytest.fixture
def book(store: Store, journal: Journal) -> AttemptBook:
    return AttemptBook(store, journal, FairWait(seconds=1, most=1), lease=LEASE, find_recorded=none_recorded)


async def held(book: AttemptBook, bench: BudgetBench, tokens: int) -> Reservation:
    lost = UsageEvent(
        tenant_id=bench.tenant_id,
        event_day=date(2026, 11, 26),
        event_id=new_uuid(),
        kind="attempt",
        request_id=new_uuid(),
        attempt=1,
        dialect="chat",
        route="default",
        provider="simulated",
        model="default",
        status="lost",
        usage_source="bound",
        input_tokens=0,
        output_tokens=tokens,
        total_tokens=tokens,
        cost_nano_usd=3 * tokens,
        price_version="1",
        started_at=datetime.now(UTC),
    )
    reservation = msgspec.structs.replace(bench.reservation(tokens), lost_event=encode_event(lost))
    await book.reserve(bench.request(reservation))
    return reservation


def used(reservation: Reservation) -> Settlement:
    return Settlement(60, 180, reservation.lost_event)


async def tokens_held(bench: BudgetBench) -> list[int]:
    return sorted(hold.amount.tokens for hold in await read_redis_holds(bench.redis, bench.bucket))


@contextlib.asynccontextmanager
async def lost_by_a_restart(bench: BudgetBench) -> AsyncIterator[None]:
    """Redis forgets what is done meanwhile, as with the last second of its file; its counters are not believed then."""
    before = {key: await bench.redis.dump(key) for key in await bench.redis.keys()}
    yield
    await bench.redis.flushall()
    for key, value in before.items():
        assert value is not None
        await bench.redis.restore(key, 0, value)
    await bench.redis.delete(keys.epoch(bench.bucket))


async def test_room_of_a_settled_call_is_not_claimed_back_when_its_settlement_is_lost(
    bench: BudgetBench, book: AttemptBook
) -> None:
    first = await held(book, bench, 900)
    book.mark_dispatching(first)
    async with lost_by_a_restart(bench):
        await book.settle(first, used(first))
        await held(book, bench, 800)
    await book.restore_holds({bench.bucket})
    assert await tokens_held(bench) == [60, 800]


async def test_room_of_a_call_that_was_given_up_is_not_claimed_back_either(
    bench: BudgetBench, store: Store, book: AttemptBook
) -> None:
    store.before_answer = breaks
    with pytest.raises(RedisUnavailable):
        await held(book, bench, 900)
    store.before_answer = None
    async with lost_by_a_restart(bench):
        await book.finish_unfinished()
        await held(book, bench, 800)
    await book.restore_holds({bench.bucket})
    assert await tokens_held(bench) == [0, 800]


async def test_what_a_rebuild_could_not_know_to_be_admitted_is_not_held_and_not_dispatched(
    bench: BudgetBench, store: Store, book: AttemptBook
) -> None:
    async def rebuild() -> None:
        await bench.redis.flushall()
        await book.restore_holds({bench.bucket})

    store.before_answer = rebuild
    with pytest.raises(BucketClosed):
        await held(book, bench, 900)
    store.before_answer = None
    assert await tokens_held(bench) == []
    await bench.open()
    await held(book, bench, 800)
    await book.finish_unfinished()
    assert await tokens_held(bench) == [800]


async def test_what_is_not_settled_is_held_as_it_was(bench: BudgetBench, book: AttemptBook) -> None:
    await held(book, bench, 200)
    async with lost_by_a_restart(bench):
        await held(book, bench, 100)
    await book.restore_holds({bench.bucket})
    assert await tokens_held(bench) == [100, 200]


async def test_an_answer_leaves_although_the_journal_has_forgotten_its_settlement_meanwhile(
    bench: BudgetBench, journal: Journal, book: AttemptBook
) -> None:
    reservation = await held(book, bench, 100)
    identity = reservation.reservation_id
    book.mark_dispatching(reservation)
    await bench.redis.delete(keys.epoch(bench.bucket))
    settling = asyncio.create_task(book.settle(reservation, used(reservation)))
    await book.closed.wait()
    await bench.open()
    # the loop that finishes comes first, and the recorder has seen the event in PostgreSQL
    await book.finish_unfinished()
    book.forget_recorded({identity})
    assert identity not in journal.entries
    async with asyncio.timeout(60):
        await settling
    counters = await bench.store.counters(bench.tenant_id, ScopeKind.TENANT, bench.tenant_id)
    assert (counters.committed.tokens, counters.held.tokens) == (60, 0)
    assert len(await bench.events()) == 1
