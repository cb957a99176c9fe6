"""What the budgets' scripts decide: on a real Redis, and on the counters in memory that stand in for it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError

from fixtures.machine.redis_server import running_redis
from fixtures.money.budget_bench import BudgetBench, running_bench
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import NOTHING, BudgetLimit
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.fake import FakeScriptRunner
from llm_gateway.budget.refusals import (
    AlreadyAnswered,
    BucketClosed,
    BudgetSpent,
    CallUnderWay,
    LimitFigures,
    ReservationRefused,
    RoomHeldByOthers,
    RunIsClosed,
    StaleLease,
)
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import BudgetStore, SettlementState

KINDS = ["fake", pytest.param("redis", marks=pytest.mark.stack)]


def a_fake_bench() -> BudgetBench:
    redis: Any = None
    bench = BudgetBench(redis)
    runner = FakeScriptRunner()
    bench.store = BudgetStore(redis, lease=timedelta(seconds=30), runner=runner)
    bench.short = BudgetStore(redis, lease=timedelta(milliseconds=1), runner=runner)
    return bench


@asynccontextmanager
async def a_bench(kind: str, folder: Path) -> AsyncIterator[BudgetBench]:
    if kind == "fake":
        yield a_fake_bench()
        return
    servers = running_redis(folder)
    try:
        async with running_bench(next(servers)) as bench:
            yield bench
    finally:
        servers.close()  # type: ignore[attr-defined]  # a generator


@pytest.fixture(params=KINDS)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BudgetBench]:
    async with a_bench(request.param, tmp_path) as made:
        yield made


async def test_holds_add_up_to_the_limit_and_not_above_it(bench: BudgetBench) -> None:
    await bench.reserve(bench.reservation(400))
    headroom = await bench.reserve(bench.reservation(600))
    assert [left.tokens for left in headroom.remaining] == [0, 0, 1000]
    with pytest.raises(RoomHeldByOthers) as held:
        await bench.reserve(bench.reservation(1))
    assert (held.value.blocking.number, held.value.blocking.left) == (0, 0)
    assert held.value.blocking.figures == LimitFigures(limit=1000, spent=0, held=1000, asked=1)


async def test_what_is_spent_is_named_before_what_others_hold(bench: BudgetBench) -> None:
    first = bench.reservation(900)
    await bench.reserve(first)
    await bench.settle(first, 900)
    with pytest.raises(BudgetSpent) as spent:
        await bench.reserve(bench.reservation(101))
    assert spent.value.blocking.left == 100
    assert spent.value.blocking.figures == LimitFigures(limit=1000, spent=900, held=0, asked=101)


async def test_a_settlement_frees_what_was_not_used_and_counts_once(bench: BudgetBench) -> None:
    reservation = bench.reservation(1000)
    await bench.reserve(reservation)
    assert await bench.settle(reservation, 10) is SettlementState.SETTLED
    assert await bench.settle(reservation, 10) is SettlementState.ALREADY
    await bench.reserve(bench.reservation(990))


async def test_a_reservation_that_is_repeated_holds_once(bench: BudgetBench) -> None:
    reservation = bench.reservation(1000)
    await bench.reserve(reservation)
    assert (await bench.reserve(reservation)).remaining == ()


async def test_a_hold_that_lapses_is_charged_its_bound_and_can_be_lowered_once(bench: BudgetBench) -> None:
    reservation = bench.reservation(600)
    await bench.reserve(reservation, store=bench.short)
    async with asyncio.timeout(60):
        while not await bench.store.lapse():  # noqa: ASYNC110  # the lease ends by the clock of the server
            await asyncio.sleep(0.001)
    with pytest.raises(BudgetSpent):
        await bench.reserve(bench.reservation(401))
    assert await bench.settle(reservation, 100) is SettlementState.LAPSED
    assert await bench.settle(reservation, 100, lowering="{}") is SettlementState.LOWERED
    assert await bench.settle(reservation, 100, lowering="{}") is SettlementState.ALREADY
    await bench.reserve(bench.reservation(900))


async def test_an_unknown_hold_cannot_be_settled(bench: BudgetBench) -> None:
    assert await bench.settle(bench.reservation(1), 1) is SettlementState.UNKNOWN


async def test_renewed_holds_are_those_that_stand(bench: BudgetBench) -> None:
    standing, settled = bench.reservation(1), bench.reservation(1)
    for reservation in (standing, settled):
        await bench.reserve(reservation)
    await bench.settle(settled, 1)
    asked = [standing.reservation_id, settled.reservation_id]
    assert await bench.store.renew(bench.bucket, asked) == {settled.reservation_id}


async def test_a_call_with_a_key_is_under_way_then_free_or_answered(bench: BudgetBench) -> None:
    first = bench.reservation(1, call="k")
    await bench.reserve(first)
    with pytest.raises(CallUnderWay):
        await bench.reserve(bench.reservation(1, call="k"))
    await bench.settle(first, 1)
    second = bench.reservation(1, call="k")
    await bench.reserve(second)
    await bench.settle(second, 1, remember=timedelta(hours=1))
    with pytest.raises(AlreadyAnswered):
        await bench.reserve(bench.reservation(1, call="k"))


async def test_an_earlier_generation_or_fence_is_stale_and_a_closed_run_takes_no_call(bench: BudgetBench) -> None:
    await bench.reserve(bench.reservation(1), generation=2, fence=3)
    for generation, fence in ((1, 3), (2, 2)):
        with pytest.raises(StaleLease):
            await bench.reserve(bench.reservation(1), generation=generation, fence=fence)
    await bench.store.close_run(bench.tenant_id, bench.run_id, generation=2)
    with pytest.raises(RunIsClosed):
        await bench.reserve(bench.reservation(1), generation=2, fence=3)
    await bench.reserve(bench.reservation(1), generation=3, fence=3)


async def test_an_adjustment_counts_once(bench: BudgetBench) -> None:
    reservation = bench.reservation(900)
    await bench.reserve(reservation)
    await bench.settle(reservation, 900)
    correction = bench.reservation(0)
    answers = [
        await bench.store.adjust(
            correction, NOTHING - reservation.bound, "{}", event_id=correction.reservation_id, corrects_ms=1
        )
        for _ in range(2)
    ]
    assert answers == ["adjusted", "already"]
    await bench.reserve(bench.reservation(1000))


async def test_a_restored_hold_counts_once(bench: BudgetBench) -> None:
    reservation = bench.reservation(900)
    assert await bench.store.restore(reservation)
    assert not await bench.store.restore(reservation)
    with pytest.raises(RoomHeldByOthers):
        await bench.reserve(bench.reservation(101))


async def test_four_fifths_committed_is_nearly_spent(bench: BudgetBench) -> None:
    bench.scopes = [LimitedScope(ScopeKind.TENANT, bench.tenant_id, total=BudgetLimit(100, None))]
    first = bench.reservation(80)
    assert (await bench.reserve_without_run(first)).nearly_spent == ()
    await bench.settle(first, 80)
    assert [period.value for _, period in (await bench.reserve_without_run(bench.reservation(1))).nearly_spent] == [
        "total"
    ]


async def test_the_fake_closes_buckets_and_fails_as_it_is_told() -> None:
    bench = a_fake_bench()
    runner = FakeScriptRunner()
    bench.store = BudgetStore(bench.redis, lease=timedelta(seconds=30), runner=runner)
    runner.closed_epochs.add(keys.epoch(bench.bucket))
    with pytest.raises(BucketClosed):
        await bench.reserve(bench.reservation(1))
    runner.closed_epochs.clear()
    runner.failure = NotConnected()
    with pytest.raises(RedisError):
        await bench.reserve(bench.reservation(1))


@pytest.mark.stack
@pytest.mark.parametrize("seed", range(5))
async def test_the_fake_decides_as_redis_does_whatever_comes_in_whatever_order(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)  # a schedule
    async with a_bench("redis", tmp_path) as real:
        fake = a_fake_bench()
        fake.tenant_id, fake.bucket, fake.scopes = real.tenant_id, real.bucket, real.scopes
        fake.run_id, fake.step_id = real.run_id, real.step_id
        known: list[Reservation] = []
        for _ in range(150):
            known.append(real.reservation(draw.choice((1, 40, 200, 700)), call=draw.choice((None, None, "a", "b"))))
            step = draw.choice(("reserve", "reserve", "repeat", "settle", "settle", "restore"))
            reservation = known[-1] if step == "reserve" else draw.choice(known)
            tokens, generation = draw.choice((0, 1, 300)), draw.choice((1, 1, 1, 2))
            answers = [await act(one, step, reservation, tokens, generation) for one in (real, fake)]
            assert answers[0] == answers[1], step


async def act(bench: BudgetBench, step: str, reservation: Reservation, tokens: int, generation: int) -> object:
    if step == "settle":
        return await bench.settle(reservation, tokens, remember=timedelta(hours=1) if tokens == 1 else None)
    if step == "restore":
        return await bench.store.restore(reservation)
    try:
        headroom = await bench.reserve(reservation, generation=generation)
    except (BudgetSpent, RoomHeldByOthers) as refused:
        return type(refused), refused.blocking
    except ReservationRefused as refused:
        return type(refused)
    return headroom.remaining, headroom.nearly_spent
