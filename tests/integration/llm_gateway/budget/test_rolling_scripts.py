"""Rolling budgets against brute force on a real Redis: every decision, at the server's own milliseconds."""

import asyncio
import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.money.budget_bench import BudgetBench, Run
from fixtures.money.rolling_oracle import RollingOracle
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import new_uuid
from foundation.domain.money import Amount, BudgetLimit
from llm_gateway.budget.limits.backfill import NO_BACKFILLS, Backfill
from llm_gateway.budget.limits.scopes import LimitedScope, RollingLimit
from llm_gateway.budget.refusals import BackfillNeeded, BudgetSpent, RoomHeldByOthers
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import SettlementState

WIDE = RollingLimit(BudgetLimit(600, None), width_ms=90, slice_ms=7)
NARROW = RollingLimit(BudgetLimit(None, 900), width_ms=40, slice_ms=3)
"""Milliseconds: short enough that a schedule lives through several windows."""


class Rolled:
    """A tenant and a user with a rolling limit each, a run below another run, and the oracle of it all."""

    def __init__(self, bench: BudgetBench, *, limited: bool) -> None:
        self.bench = bench
        self.oracle = RollingOracle([])
        self.parent_id, self.user_id = new_uuid(), new_uuid()
        self.known: dict[UUID, Reservation] = {}
        self.adjusted: set[UUID] = set()
        self._set(None, None)
        if limited:
            self.limit()

    def limit(self) -> None:
        self._set(WIDE, NARROW)
        self.oracle.windows = [WIDE, NARROW]

    def _set(self, tenant: RollingLimit | None, user: RollingLimit | None) -> None:
        bench = self.bench
        bench.scopes = [
            LimitedScope(ScopeKind.TENANT, bench.tenant_id, rolling=tenant),
            LimitedScope(ScopeKind.USER, self.user_id, rolling=user),
            LimitedScope(ScopeKind.RUN, self.parent_id, generation=1),
            LimitedScope(ScopeKind.RUN, bench.run_id),
            LimitedScope(ScopeKind.STEP, bench.step_id),
        ]

    async def reserve(self, amount: int, *, short: bool) -> None:
        """One call; the answer is the oracle's at some millisecond between the question and the answer."""
        reservation = self.bench.reservation(amount)
        before = await self.bench.store.now_ms()
        got, room_at = await self._answer(reservation, short=short)
        after = await self.bench.store.now_ms()
        await self.look()
        moments = range(before, after + 1)
        assert got in {self.oracle.decision(amount, moment) for moment in moments}
        if got == "spent":
            assert room_at in {self.oracle.room_at(amount, moment) for moment in moments}
        if got == "reserved":
            self.oracle.admitted(reservation)
            self.known[reservation.reservation_id] = reservation
            if short:
                await asyncio.sleep(0.002)  # outlive the lease of one millisecond

    async def _answer(self, reservation: Reservation, *, short: bool) -> tuple[str, int | None]:
        store, backfills = self.bench.short if short else None, NO_BACKFILLS
        while True:
            try:
                await self.bench.reserve(reservation, store=store, backfills=backfills)
            except BudgetSpent as spent:
                return "spent", spent.blocking.room_at_ms
            except RoomHeldByOthers:
                return "held", None
            except BackfillNeeded as asked:
                backfills = await self._seeds(asked)
            else:
                return "reserved", None

    async def _seeds(self, asked: BackfillNeeded) -> dict[int, Backfill]:
        """From the stream, while other calls settle."""
        while await self.bench.store.now_ms() <= max(asked.since_ms.values()):
            await self._settle_any()
        await self.look()
        await self._settle_any()
        windows = dict(enumerate(self.oracle.windows))
        return {number: self.oracle.seed(windows[number], since) for number, since in asked.since_ms.items()}

    async def _settle_any(self) -> None:
        for identity, reservation in self.known.items():
            if identity not in self.oracle.charged_at:
                await self.bench.settle(reservation, reservation.bound_tokens)
                return

    async def look(self) -> None:
        self.oracle.read(await self.bench.timed_events())

    async def finish(self, action: str, pick: int, amount: int) -> None:
        if not self.known:
            return
        identity, reservation = list(self.known.items())[pick % len(self.known)]
        used = min(amount, reservation.bound_tokens)
        if action == "adjust" and identity in self.oracle.charged_at and identity not in self.adjusted:
            self.adjusted.add(identity)
            for _ in range(2):
                await self.bench.store.adjust(
                    reservation,
                    Amount(-1, -3),
                    json.dumps({"adjusted": -1, "id": str(identity)}),
                    event_id=identity,
                    corrects_ms=self.oracle.charged_at[identity],
                )
        elif action in {"settle", "late"}:
            lowering = json.dumps({"lowered": used, "id": str(identity)}) if action == "late" else ""
            answer = await self.bench.settle(reservation, used, lowering=lowering)
            assert answer in set(SettlementState) - {SettlementState.CLOSED, SettlementState.UNKNOWN}
            assert await self.bench.settle(reservation, used) in {SettlementState.ALREADY, SettlementState.LAPSED}
        await self.look()

    async def forget_window(self) -> None:
        """As if nobody had asked for the tenant's window for long."""
        await self.bench.redis.delete(f"{self.bench.scope_key(0)}:rolling:{WIDE.width_ms}")

    async def check(self) -> None:
        for number in range(len(self.bench.scopes)):
            scope = self.bench.scopes[number]
            counters = await self.bench.store.counters(self.bench.tenant_id, scope.kind, scope.scope_id)
            assert counters.committed.tokens == self.oracle.committed
            assert counters.held.tokens == self.oracle.held


SCHEDULES = st.lists(
    st.tuples(
        st.sampled_from(["reserve"] * 5 + ["reserve_short", "settle", "settle", "settle", "lapse", "late", "adjust"])
        | st.sampled_from(["pause", "pause", "forget"]),
        st.integers(0, 30),
        st.integers(1, 300),
    ),
    min_size=8,
    max_size=45,
)


async def play(bench: BudgetBench, schedule: list[tuple[str, int, int]], limited_from: int) -> None:
    rolled = Rolled(bench, limited=limited_from == 0)
    for turn, (action, pick, amount) in enumerate(schedule):
        if turn == limited_from:
            rolled.limit()
        if action.startswith("reserve"):
            await rolled.reserve(amount, short=action == "reserve_short")
        elif action == "lapse":
            await bench.store.lapse()
            await rolled.look()
        elif action == "pause":
            await asyncio.sleep(pick / 1000)
        elif action == "forget":
            await rolled.forget_window()
        else:
            await rolled.finish(action, pick, amount)
        await rolled.check()
    if limited_from == 0:
        for window, most in ((WIDE, 600), (NARROW, 300)):
            assert rolled.oracle.most_in_any_interval(window) <= most


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES, limited_from=st.integers(0, 12))
def test_every_decision_is_that_of_brute_force(
    run_bench: Run, schedule: list[tuple[str, int, int]], limited_from: int
) -> None:
    run_bench(lambda bench: play(bench, schedule, limited_from))


@pytest.mark.full
@settings(max_examples=240, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES, limited_from=st.integers(0, 12))
def test_in_many_schedules_every_decision_is_that_of_brute_force(
    run_bench: Run, schedule: list[tuple[str, int, int]], limited_from: int
) -> None:
    run_bench(lambda bench: play(bench, schedule, limited_from))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=st.lists(st.tuples(st.integers(1, 200), st.integers(0, 40), st.integers(0, 60)), min_size=20, max_size=60))
def test_calls_at_once_pass_no_limit_in_any_interval(run_bench: Run, calls: list[tuple[int, int, int]]) -> None:
    async def body(bench: BudgetBench) -> None:
        rolled = Rolled(bench, limited=True)
        most_held = 0

        async def one(bound: int, begins_ms: int, lasts_ms: int) -> None:
            nonlocal most_held
            await asyncio.sleep(begins_ms / 1000)
            reservation = bench.reservation(bound)
            backfills: dict[int, Backfill] = {}
            while True:
                try:
                    await bench.reserve(reservation, backfills=backfills)
                    break
                except BackfillNeeded as asked:
                    backfills = {number: Backfill(since, {}) for number, since in asked.since_ms.items()}
                except (BudgetSpent, RoomHeldByOthers):
                    return
            rolled.oracle.admitted(reservation)
            await asyncio.sleep(lasts_ms / 1000)
            await bench.settle(reservation, bound)

        await asyncio.gather(*(one(*call) for call in calls))
        await rolled.look()
        assert rolled.oracle.bounds
        assert rolled.oracle.held == 0
        for window, most in ((WIDE, 600), (NARROW, 300)):
            assert rolled.oracle.most_in_any_interval(window) <= most
        await rolled.check()

    run_bench(body)


def test_a_warning_comes_once_a_span_of_the_window(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        hour = RollingLimit(BudgetLimit(100, None), width_ms=3_600_000, slice_ms=60_000)
        bench.scopes = [LimitedScope(ScopeKind.TENANT, bench.tenant_id, rolling=hour)]
        first = bench.reservation(79)
        with pytest.raises(BackfillNeeded) as asked:
            await bench.reserve_without_run(first)
        [since] = asked.value.since_ms.values()
        await bench.store.reserve(bench.request(first, backfills={0: Backfill(since, {})}))
        await bench.settle(first, 79)
        assert await bench.warnings() == []
        for _ in range(3):
            reservation = bench.reservation(1)
            await bench.reserve_without_run(reservation)
            await bench.settle(reservation, 1)
        assert await bench.warnings() == [(bench.scope_key(0), "rolling")]

    run_bench(body)


def test_an_old_backfill_is_not_taken_for_a_later_beginning(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        rolled = Rolled(bench, limited=True)
        with pytest.raises(BackfillNeeded) as first:
            await bench.reserve(bench.reservation(1))
        await rolled.forget_window()
        await asyncio.sleep(0.002)
        old = {number: Backfill(since, {}) for number, since in first.value.since_ms.items()}
        with pytest.raises(BackfillNeeded) as second:
            await bench.reserve(bench.reservation(1), backfills=old)
        assert list(second.value.since_ms) == [0]
        assert second.value.since_ms[0] > first.value.since_ms[0]

    run_bench(body)


async def _whole_window(bench: BudgetBench) -> tuple[RollingLimit, str]:
    """A tenant's window of an hour that counts, and its key; its slices are two milliseconds."""
    hour = RollingLimit(BudgetLimit(1000, None), width_ms=3_600_000, slice_ms=2)
    bench.scopes = [LimitedScope(ScopeKind.TENANT, bench.tenant_id, rolling=hour)]
    first = bench.reservation(0)
    with pytest.raises(BackfillNeeded) as asked:
        await bench.reserve_without_run(first)
    backfills = {number: Backfill(since, {}) for number, since in asked.value.since_ms.items()}
    await bench.store.reserve(bench.request(first, backfills=backfills))
    return hour, f"{bench.scope_key(0)}:rolling:{hour.width_ms}"


@pytest.mark.parametrize("how", ["late usage", "adjustment"])
def test_a_correction_counts_in_the_slice_of_what_it_corrects(run_bench: Run, how: str) -> None:
    async def body(bench: BudgetBench) -> None:
        hour, key = await _whole_window(bench)
        reservation = bench.reservation(50)
        await bench.reserve_without_run(reservation, store=bench.short)
        await asyncio.sleep(0.003)
        await bench.store.lapse()
        [(charged_ms, _)] = await bench.timed_events()
        await asyncio.sleep(0.01)
        if how == "late usage":
            assert await bench.settle(reservation, 20, lowering="{}") is SettlementState.LOWERED
        else:
            by = Amount(-30, -90)
            await bench.store.adjust(reservation, by, "{}", event_id=new_uuid(), corrects_ms=charged_ms)
            gone = charged_ms - 2 * hour.width_ms
            await bench.store.adjust(reservation, by, "{}", event_id=new_uuid(), corrects_ms=gone)
        number = charged_ms // hour.slice_ms
        found = await bench.redis.hmget(key, "tokens", "nano", f"t{number}", f"n{number}", "oldest", "newest")
        assert [int(one or -1) for one in found] == [20, 60, 20, 60, number, number]

    run_bench(body)


def test_what_the_ledger_is_asked_for_is_not_counted_twice(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        _, key = await _whole_window(bench)
        open_hold = bench.reservation(5)
        await bench.reserve_without_run(open_hold)
        since = await bench.store.now_ms() + 3_000
        await bench.redis.hset(key, mapping={"state": "filling", "since": since})
        await bench.settle(open_hold, 5)
        assert await bench.redis.hget(key, "tokens") == b"0"
        with pytest.raises(BackfillNeeded) as asked:
            await bench.reserve_without_run(bench.reservation(1))
        assert asked.value.since_ms == {0: since}

    run_bench(body)
