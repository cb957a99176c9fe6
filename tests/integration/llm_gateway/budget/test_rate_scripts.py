"""Sliding windows and slots against brute force, on a real Redis: every decision, at the server's own microseconds."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.money.budget_bench import BudgetBench, Run
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import BudgetLimit
from llm_gateway.budget.limits.rates import CallLimits, CallSlots, SlidingWindow
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BudgetSpent, RoomHeldByOthers, WindowFull
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import Headroom

WIDTHS = (15_000, 40_000)
"""Microseconds: short enough that a schedule lives through several windows."""
_FOR_EVER = -1
"""What Redis says of a key that nothing ends."""


def a_rate(bench: BudgetBench, kind: ScopeKind, *, tokens: bool, width: int, limit: int) -> SlidingWindow:
    prefix = keys.limit(bench.bucket, bench.tenant_id, kind, bench.tenant_id)
    return SlidingWindow(kind, f"{prefix}:{'tokens' if tokens else 'requests'}:{width}", tokens, width, limit)


@dataclass
class Oracle:
    """All that was ever admitted to one window, looked through from the beginning each time."""

    rate: SlidingWindow
    admitted: dict[str, tuple[int, int]] = field(default_factory=dict)

    def used(self, now: int) -> int:
        return sum(weight for at, weight in self.admitted.values() if at + self.rate.width_us > now)

    def weight(self, bound: int) -> int:
        return bound if self.rate.counts_tokens else 1

    def wait(self, bound: int, now: int) -> int | None:
        """Microseconds until the call fits; None when it never does."""
        weight = self.weight(bound)
        if weight > self.rate.limit:
            return None
        leaving = sorted(at + self.rate.width_us for at, _ in self.admitted.values() if at + self.rate.width_us > now)
        for moment in [now, *leaving]:
            if self.used(moment) + weight <= self.rate.limit:
                return moment - now
        raise AssertionError("an empty window has room")

    def most_in_any_interval(self) -> int:
        starts = [at for at, _ in self.admitted.values()]
        return max(
            (
                sum(weight for at, weight in self.admitted.values() if start <= at < start + self.rate.width_us)
                for start in starts
            ),
            default=0,
        )


async def answer_to(bench: BudgetBench, reservation: Reservation, limits: CallLimits) -> Headroom | WindowFull:
    try:
        return await bench.reserve(reservation, limits=limits)
    except WindowFull as refused:
        return refused


async def decide(bench: BudgetBench, oracles: list[Oracle], bound: int) -> Reservation | None:
    """One call; its decision, its wait and what it is told are the oracle's."""
    limits = CallLimits(tuple(oracle.rate for oracle in oracles))
    reservation = bench.reservation(bound, limits=limits)
    funded = await answer_to(bench, reservation, limits)
    if isinstance(funded, WindowFull):
        refused = funded
        waits = [oracle.wait(bound, refused.now_us) for oracle in oracles]
        expected = None if None in waits else max(wait for wait in waits if wait is not None)
        assert refused.wait_us == expected != 0
        for oracle, state in zip(oracles, refused.rates, strict=True):
            assert state.left == max(0, oracle.rate.limit - oracle.used(refused.now_us))
        return None
    assert [oracle.wait(bound, funded.at_us) for oracle in oracles] == [0] * len(oracles)
    for oracle, state in zip(oracles, funded.rates, strict=True):
        oracle.admitted[str(reservation.reservation_id)] = (funded.at_us, oracle.weight(bound))
        assert state.left == oracle.rate.limit - oracle.used(funded.at_us)
    return reservation


SCHEDULES = st.lists(
    st.tuples(st.integers(1, 60), st.one_of(st.just(0), st.integers(0, 25)), st.integers(0, 60)),
    min_size=5,
    max_size=40,
)
"""Calls: their bound, the milliseconds before them, and what they turn out to have used (above the bound: not yet)."""


async def play(bench: BudgetBench, schedule: list[tuple[int, int, int]], requests: int, tokens: int) -> None:
    oracles = [
        Oracle(a_rate(bench, ScopeKind.TENANT, tokens=False, width=WIDTHS[1], limit=requests + 2)),
        Oracle(a_rate(bench, ScopeKind.USER, tokens=False, width=WIDTHS[0], limit=requests)),
        Oracle(a_rate(bench, ScopeKind.TENANT, tokens=True, width=WIDTHS[1], limit=tokens)),
    ]
    for bound, pause_ms, used in schedule:
        await asyncio.sleep(pause_ms / 1000)
        reservation = await decide(bench, oracles, bound)
        if reservation and used <= bound:
            await bench.settle(reservation, used)
            at, _ = oracles[2].admitted[str(reservation.reservation_id)]
            oracles[2].admitted[str(reservation.reservation_id)] = (at, used)
    for oracle in oracles:
        assert oracle.most_in_any_interval() <= oracle.rate.limit


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES, requests=st.integers(1, 6), tokens=st.integers(20, 150))
def test_every_decision_and_every_wait_is_the_oracles(
    run_bench: Run, schedule: list[tuple[int, int, int]], requests: int, tokens: int
) -> None:
    run_bench(lambda bench: play(bench, schedule, requests, tokens))


@pytest.mark.full
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=SCHEDULES, requests=st.integers(1, 6), tokens=st.integers(20, 150))
def test_in_many_schedules_every_decision_and_every_wait_is_the_oracles(
    run_bench: Run, schedule: list[tuple[int, int, int]], requests: int, tokens: int
) -> None:
    run_bench(lambda bench: play(bench, schedule, requests, tokens))


def test_calls_at_once_share_a_window_exactly(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = CallLimits((a_rate(bench, ScopeKind.TENANT, tokens=False, width=60_000_000, limit=7),))

        async def one() -> bool:
            try:
                await bench.reserve(bench.reservation(1, limits=limits), limits=limits)
            except WindowFull:
                return False
            return True

        assert sum(await asyncio.gather(*(one() for _ in range(40)))) == 7

    run_bench(body)


@pytest.mark.parametrize("why", ["spent", "held", "limited"])
def test_a_refused_call_uses_up_no_window_and_no_slot(run_bench: Run, why: str) -> None:
    async def body(bench: BudgetBench) -> None:
        if why == "held":
            await bench.reserve(bench.reservation(1000))
        limits = CallLimits(
            (
                a_rate(bench, ScopeKind.TENANT, tokens=False, width=60_000_000, limit=5),
                a_rate(bench, ScopeKind.TENANT, tokens=True, width=60_000_000, limit=5 if why == "limited" else 5000),
            ),
            (CallSlots(0, "ls:{b00}:slots".replace("b00", f"b{bench.bucket:02d}"), 3),),
        )
        before = await bench.redis.keys("*")
        bound = {"spent": 2000, "held": 10, "limited": 10}[why]
        with pytest.raises({"spent": BudgetSpent, "held": RoomHeldByOthers, "limited": WindowFull}[why]):
            await bench.reserve(bench.reservation(bound, limits=limits), limits=limits)
        assert sorted(await bench.redis.keys("*")) == sorted(before)

    run_bench(body)


def slots_of(bench: BudgetBench, limit: int) -> CallLimits:
    prefix = keys.limit(bench.bucket, bench.tenant_id, ScopeKind.TENANT, bench.tenant_id)
    return CallLimits(slots=(CallSlots(0, f"{prefix}:slots", limit),))


def test_a_slot_is_free_when_its_call_is_settled(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = slots_of(bench, 1)
        first = bench.reservation(1, limits=limits)
        await bench.reserve(first, limits=limits)
        with pytest.raises(RoomHeldByOthers) as refused:
            await bench.reserve(bench.reservation(1, limits=limits), limits=limits)
        assert (refused.value.blocking.scope, refused.value.blocking.unit) == (ScopeKind.TENANT, "calls")
        await bench.settle(first, 1)
        await bench.reserve(bench.reservation(1, limits=limits), limits=limits)

    run_bench(body)


def test_no_slot_outlives_its_holds_lease(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = slots_of(bench, 30)
        # more than one call lapses on its way
        for _ in range(30):
            await bench.reserve(bench.reservation(1, limits=limits), limits=limits, store=bench.short)
        await asyncio.sleep(0.003)
        for _ in range(30):
            await bench.reserve(bench.reservation(1, limits=limits), limits=limits)
        with pytest.raises(RoomHeldByOthers):
            await bench.reserve(bench.reservation(1, limits=limits), limits=limits)

    run_bench(body)


def test_a_hold_that_a_journal_puts_back_has_its_slot_again(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = slots_of(bench, 1)
        hold = bench.reservation(1, limits=limits)
        await bench.reserve(hold, limits=limits)
        await bench.redis.flushall()
        await bench.open()
        await bench.store.restore(hold)
        with pytest.raises(RoomHeldByOthers):
            await bench.reserve(bench.reservation(1, limits=limits), limits=limits)

    run_bench(body)


def test_a_burst_passes_the_minute_but_not_ten_minutes(run_bench: Run) -> None:
    """The two windows of a burst, in miniature: five in a short one, but no more than eight in the long one."""

    async def body(bench: BudgetBench) -> None:
        oracles = [
            Oracle(a_rate(bench, ScopeKind.TENANT, tokens=False, width=10_000, limit=5)),
            Oracle(a_rate(bench, ScopeKind.TENANT, tokens=False, width=60_000_000, limit=8)),
        ]
        first = [await decide(bench, oracles, 1) for _ in range(5)]
        await asyncio.sleep(0.011)
        second = [await decide(bench, oracles, 1) for _ in range(5)]
        assert sum(one is not None for one in first + second) == 8

    run_bench(body)


def test_a_repeated_reservation_is_counted_once(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = CallLimits((a_rate(bench, ScopeKind.TENANT, tokens=False, width=60_000_000, limit=2),))
        reservation = bench.reservation(1, limits=limits)
        await bench.reserve(reservation, limits=limits)
        assert await bench.reserve(reservation, limits=limits) == Headroom()
        await bench.reserve(bench.reservation(1, limits=limits), limits=limits)

    run_bench(body)


def test_a_log_that_was_empty_does_not_stay_for_ever(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        rate = a_rate(bench, ScopeKind.TENANT, tokens=True, width=10_000, limit=9)
        for _ in range(2):
            limits = CallLimits((rate,))
            await bench.reserve(bench.reservation(9, limits=limits), limits=limits)
            for key in (rate.key, f"{rate.key}:weights"):
                assert await bench.redis.pttl(key) != _FOR_EVER
            await asyncio.sleep(0.011)

    run_bench(body)


def test_the_step_scope_is_found_beside_rates_and_slots(run_bench: Run) -> None:
    async def body(bench: BudgetBench) -> None:
        limits = slots_of(bench, 9)
        bench.scopes[2] = LimitedScope(ScopeKind.STEP, bench.step_id, total=BudgetLimit(3, None))
        await bench.reserve(bench.reservation(3, limits=limits), fence=7, limits=limits)
        step = keys.scope(bench.bucket, bench.tenant_id, ScopeKind.STEP, bench.step_id)
        assert await bench.redis.hget(step, "fence") == b"7"

    run_bench(body)
