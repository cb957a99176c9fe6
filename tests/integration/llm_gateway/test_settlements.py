"""A settlement that Redis does not take at once, beside the loop that finishes what is left over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.budget_bench import BudgetBench
from fixtures.redis_server import RedisServer
from llm_gateway.budget import keys
from llm_gateway.budget.connection import RedisSettings, connect
from llm_gateway.budget.scopes import ScopeKind
from llm_gateway.budget.waiting import FairWait
from llm_gateway.journal import Journal, Settlement
from llm_gateway.ledger import Ledger


@pytest.fixture
async def bench(redis_server: RedisServer) -> AsyncIterator[BudgetBench]:
    redis = connect(RedisSettings(url=redis_server.url, connections=4))
    await redis.flushall()
    bench = BudgetBench(redis)
    await bench.open()
    yield bench
    await redis.aclose()


async def test_an_answer_leaves_although_the_journal_has_forgotten_its_settlement_meanwhile(
    bench: BudgetBench, tmp_path: Path
) -> None:
    journal = Journal(tmp_path, "gateway-1")
    ledger = Ledger(bench.store, journal, FairWait(seconds=1, most=1), lease=timedelta(seconds=30), recorded=bench.none)
    reservation = bench.reservation(100)
    identity = reservation.reservation_id
    await ledger.reserve(reservation, scopes=bench.scopes, windows=bench.windows, lease=None)
    ledger.dispatching(reservation)
    await bench.redis.delete(keys.epoch(bench.bucket))
    settling = asyncio.create_task(ledger.settle(reservation, Settlement(60, 180, "{}")))
    await ledger.closed.wait()
    await bench.open()
    # the loop that finishes comes first, and the recorder has seen the event in PostgreSQL
    await ledger.finish_unfinished()
    ledger.recorded({identity})
    assert identity not in journal.entries
    async with asyncio.timeout(15):
        await settling
    counters = await bench.store.counters(bench.tenant_id, ScopeKind.TENANT, bench.tenant_id)
    assert (counters.committed.tokens, counters.held.tokens) == (60, 0)
    assert len(await bench.events()) == 1
    journal.close()
