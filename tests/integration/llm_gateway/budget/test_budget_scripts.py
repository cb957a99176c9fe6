"""The Lua scripts against an oracle, on a real Redis: random schedules of reserve, settle, repeat, lapse and adjust."""

import asyncio
import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.money.budget_bench import LIMIT, BudgetBench, Run
from fixtures.money.counters import as_field, over
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import Amount, BudgetLimit
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BudgetSpent, CallUnderWay, RoomHeldByOthers, RunIsClosed, StaleLease
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import SettlementState

Schedule = list[tuple[str, int, int]]


# a schedule: (what to do, which open or past hold it is done to, an amount)
SCHEDULES = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "reserve_short", "settle", "repeat", "lapse", "late", "adjust"]),
        st.integers(0, 30),
        st.integers(1, 400),
    ),
    min_size=5,
    max_size=60,
)


class Oracle:
    """What the counters must be, computed the slow and obvious way."""

    def __init__(self) -> None:
        self.held: dict[UUID, int] = {}
        self.short: set[UUID] = set()
        self.charged: dict[UUID, int] = {}
        self.lapsed: set[UUID] = set()
        self.adjusted = 0
        self.known: dict[UUID, Reservation] = {}

    @property
    def committed(self) -> int:
        return sum(self.charged.values()) + self.adjusted

    def lapse_all_due(self) -> None:
        for rid in [rid for rid in self.held if rid in self.short]:
            self.charged[rid] = self.held.pop(rid)
            self.lapsed.add(rid)


async def play(bench: BudgetBench, schedule: Schedule) -> None:
    oracle, nearly_spent = Oracle(), False
    for action, pick, amount in schedule:
        if action in {"reserve", "reserve_short"}:
            await _reserve(bench, oracle, amount, short=action == "reserve_short")
        elif action == "lapse":
            await bench.store.lapse()
            oracle.lapse_all_due()
        elif oracle.known:
            rid = list(oracle.known)[pick % len(oracle.known)]
            await _finish(bench, oracle, action, rid, amount)
        nearly_spent |= oracle.committed >= LIMIT * 4 // 5
        for kind, scope_id in ((ScopeKind.TENANT, bench.tenant_id), (ScopeKind.RUN, bench.run_id)):
            counters = await bench.store.counters(bench.tenant_id, kind, scope_id)
            assert counters.committed.tokens == oracle.committed
            assert counters.held.tokens == sum(oracle.held.values())
            assert counters.committed.nano_usd == 3 * oracle.committed
            assert counters.committed.tokens + counters.held.tokens <= LIMIT
    # the limits of tenant and run are the same, that of the step is twice as much
    expected = [(bench.scope_key(0), "day"), (bench.scope_key(1), "total")] if nearly_spent else []
    assert sorted(await bench.warnings()) == sorted(expected)
    lost = [event["lost"] for event in await bench.events() if "lost" in event]
    assert sorted(lost) == sorted(oracle.known[rid].bound_tokens for rid in oracle.lapsed)


async def _reserve(bench: BudgetBench, oracle: Oracle, amount: int, *, short: bool) -> None:
    reservation = bench.reservation(amount)
    oracle.lapse_all_due()
    committed, held = oracle.committed, sum(oracle.held.values())
    try:
        await bench.reserve(reservation, store=bench.short if short else None)
    except BudgetSpent:
        assert committed + amount > LIMIT
        return
    except RoomHeldByOthers:
        assert committed + amount <= LIMIT < committed + held + amount
        return
    assert committed + held + amount <= LIMIT
    oracle.known[reservation.reservation_id] = reservation
    oracle.held[reservation.reservation_id] = amount
    if short:
        oracle.short.add(reservation.reservation_id)
        await asyncio.sleep(0.003)  # outlive the lease of one millisecond


async def _finish(bench: BudgetBench, oracle: Oracle, action: str, rid: UUID, amount: int) -> None:
    reservation = oracle.known[rid]
    used = min(amount, reservation.bound_tokens)
    if action == "adjust":
        if rid in oracle.charged and oracle.committed - 1 >= 0:
            answer = await bench.store.adjust(reservation, Amount(-1, -3), "{}", event_id=rid, corrects_ms=0)
            oracle.adjusted -= answer == "adjusted"
        return
    lowering = json.dumps({"lowered": used}) if action == "late" else ""
    answer = await bench.settle(reservation, used, lowering=lowering)
    if rid in oracle.held:
        assert answer is SettlementState.SETTLED
        oracle.charged[rid] = used
        del oracle.held[rid]
    elif rid in oracle.lapsed and lowering and answer is SettlementState.LOWERED:
        oracle.charged[rid] = used
        # only the first late usage counts
        assert await bench.settle(reservation, used, lowering=lowering) is SettlementState.ALREADY
    else:
        assert answer in {SettlementState.ALREADY, SettlementState.LAPSED}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES)
def test_counters_follow_the_oracle_and_never_pass_a_limit(run_bench: Run, schedule: Schedule) -> None:
    run_bench(lambda bench: play(bench, schedule))


@pytest.mark.full
@settings(max_examples=240, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES)
def test_counters_follow_the_oracle_in_many_schedules(run_bench: Run, schedule: Schedule) -> None:
    run_bench(lambda bench: play(bench, schedule))


def test_what_was_used_above_the_bound_is_committed_as_it_is(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        reservation = bench.reservation(10)
        await bench.reserve(reservation)
        assert await bench.settle(reservation, 11) is SettlementState.SETTLED
        counters = await bench.store.counters(bench.tenant_id, ScopeKind.RUN, bench.run_id)
        assert (counters.committed.tokens, counters.held.tokens) == (11, 0)

    run_bench(body)


def test_a_closed_run_admits_nothing_up_to_its_generation(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        await bench.store.close_run(bench.tenant_id, bench.run_id, generation=2)
        for generation in (1, 2):
            with pytest.raises(RunIsClosed):
                await bench.reserve(bench.reservation(1), generation=generation)
        await bench.reserve(bench.reservation(1), generation=3)

    run_bench(body)


def test_a_lower_fence_or_generation_is_stale(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        await bench.reserve(bench.reservation(1), generation=2, fence=5)
        for generation, fence in ((2, 4), (1, 6)):
            with pytest.raises(StaleLease):
                await bench.reserve(bench.reservation(1), generation=generation, fence=fence)
        await bench.reserve(bench.reservation(1), generation=2, fence=5)

    run_bench(body)


def test_a_call_is_held_once_while_it_is_open_and_again_when_it_lapsed(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        first = bench.reservation(5, call="k")
        await bench.reserve(first, store=bench.short)
        await asyncio.sleep(0.003)
        second = bench.reservation(5, call="k")
        await bench.reserve(second)
        with pytest.raises(CallUnderWay):
            await bench.reserve(bench.reservation(5, call="k"))
        counters = await bench.store.counters(bench.tenant_id, ScopeKind.RUN, bench.run_id)
        assert (counters.committed.tokens, counters.held.tokens) == (5, 5)

    run_bench(body)


def test_a_refused_call_leaves_no_trace_in_any_scope(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        bench.scopes[2] = LimitedScope(ScopeKind.STEP, bench.step_id, total=BudgetLimit(3, None))
        before = await bench.redis.keys("*")
        with pytest.raises(BudgetSpent) as refused:
            await bench.reserve(bench.reservation(4))
        assert refused.value.blocking.scope is ScopeKind.STEP
        assert sorted(await bench.redis.keys("*")) == sorted(before)

    run_bench(body)


async def end_day(bench: BudgetBench) -> None:
    """What the tenant counts of today was of another day."""
    counts = ScopeCounts.read(await bench.redis.hget(bench.scope_key(0), FIELD))
    await bench.redis.hset(bench.scope_key(0), FIELD, as_field(over(counts)))


def test_each_window_warns_once_also_when_a_hold_lapses_into_it(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        bench.scopes = [
            LimitedScope(ScopeKind.TENANT, bench.tenant_id, day=BudgetLimit(100, 300), total=BudgetLimit(None, 600))
        ]
        for _ in range(2):
            hold = bench.reservation(79)
            await bench.reserve_without_run(hold)
            await bench.settle(hold, 79)
            await bench.reserve_without_run(bench.reservation(1), store=bench.short)
            await asyncio.sleep(0.003)
            await bench.store.lapse()
            await end_day(bench)
            await bench.redis.hset(bench.scope_key(0), "warned_day", "2001-01-01")
        # 80 of 100 a day, twice; 160 of 200 in all, in the second settlement or lapse
        assert sorted(period for _, period in await bench.warnings()) == ["day", "day", "total"]

    run_bench(body)


def test_a_day_that_is_over_frees_its_window_but_not_the_total(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        bench.scopes[0] = LimitedScope(ScopeKind.TENANT, bench.tenant_id, day=BudgetLimit(10, None))
        await bench.reserve(bench.reservation(10))
        await end_day(bench)
        await bench.reserve(bench.reservation(10))
        counts = ScopeCounts.read(await bench.redis.hget(bench.scope_key(0), FIELD))
        assert counts.day is not None
        assert (counts.total.held.tokens, counts.day.held.tokens) == (20, 10)

    run_bench(body)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    calls=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(1, 300), st.integers(1, 900)), min_size=1, max_size=25
    )
)
def test_only_an_estimate_takes_a_limit_beyond_itself_and_nothing_is_admitted_after(
    run_bench: Run, calls: list[tuple[bool, bool, int, int]]
) -> None:
    """Calls: an estimate or not, lapsing or not, its bound, what it used."""

    async def body(bench: BudgetBench) -> None:
        committed = 0
        for is_estimate, lapses, bound, used in calls:
            reservation = bench.reservation(bound, is_estimate=is_estimate)
            try:
                await bench.reserve(reservation, store=bench.short if lapses else None)
            except BudgetSpent:
                assert committed + bound > LIMIT
                continue
            assert committed + bound <= LIMIT
            lowering = ""
            if lapses:
                await asyncio.sleep(0.003)
                await bench.store.lapse()
                lowering = "{}"
            expected = SettlementState.LOWERED if lapses else SettlementState.SETTLED
            assert await bench.settle(reservation, used, lowering=lowering) is expected
            assert await bench.settle(reservation, used, lowering=lowering) is SettlementState.ALREADY
            committed += used
            counters = await bench.store.counters(bench.tenant_id, ScopeKind.RUN, bench.run_id)
            assert (counters.committed.tokens, counters.held.tokens) == (committed, 0)

    run_bench(body)


def test_an_estimate_that_a_journal_puts_back_is_still_one(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        reservation = bench.reservation(10, is_estimate=True)
        await bench.store.restore(reservation)
        assert await bench.settle(reservation, 30) is SettlementState.SETTLED

    run_bench(body)


def test_what_a_journal_put_back_at_its_usage_has_lapsed_truly(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        reservation = bench.reservation(4)
        assert await bench.store.restore(reservation)
        assert not await bench.store.restore(reservation), "it is there already"
        await bench.redis.zadd(keys.leases(bench.bucket), {str(reservation.reservation_id): 1})
        await bench.store.lapse()
        assert await bench.settle(reservation, 4) is SettlementState.ALREADY
        counters = await bench.store.counters(bench.tenant_id, ScopeKind.TENANT, bench.tenant_id)
        assert (counters.committed.tokens, counters.held.tokens) == (4, 0)
        assert [event for event in await bench.events() if "used" in event] == []

    run_bench(body)


def test_a_charge_without_a_hold_counts_in_scopes_that_were_never_seen_and_a_correction_does_not(
    run_bench: Run,
) -> None:
    async def body(bench: BudgetBench) -> None:
        reservation = bench.reservation(10)
        for _ in range(2):
            await bench.store.adjust(
                reservation, Amount(7, 21), "{}", event_id=reservation.reservation_id, corrects_ms=None
            )
        run = await bench.store.counters(bench.tenant_id, ScopeKind.RUN, bench.run_id)
        assert run.committed == Amount(7, 21)
        assert await bench.redis.ttl(bench.scope_key(1)) > 0
        assert await bench.redis.ttl(bench.scope_key(0)) == -1
        await bench.redis.delete(bench.scope_key(1))
        await bench.store.adjust(reservation, Amount(-1, -3), "{}", event_id=bench.run_id, corrects_ms=0)
        assert not await bench.redis.exists(bench.scope_key(1))
        tenant = await bench.store.counters(bench.tenant_id, ScopeKind.TENANT, bench.tenant_id)
        assert tenant.committed == Amount(6, 18)

    run_bench(body)
