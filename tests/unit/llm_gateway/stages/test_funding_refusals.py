"""A call that its rates refuse is counted as such, and an admission that a rebuild missed is not used."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY

from fixtures.money.gateway_calls import LEASE, MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.contracts.gateway.rate_limits import RateLimits, ScopeRates
from llm_gateway.budget.limits.tenant_limits import EffectiveLimits
from llm_gateway.budget.redis.base import Argument, Script
from llm_gateway.budget.redis.fake import FakeScriptRunner
from llm_gateway.budget.redis.scripts import load_script
from llm_gateway.budget.store import BudgetStore
from llm_gateway.refusals.rate_errors import RateExceeded
from llm_gateway.refusals.refusal_errors import RoomHeld
from llm_gateway.stages.call import Attempt, ModelCall
from llm_gateway.stages.funding import Funding

RESERVE = load_script("reserve").digest


class ScriptedRunner(FakeScriptRunner):
    """Answers the next reservations as it is told, or lets something happen when one was made."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[list[bytes]] = []
        self.after_reserving: Callable[[], Awaitable[None]] | None = None

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        if script.digest == RESERVE and self.answers:
            return self.answers.pop(0)
        answer = await super().run(script, script_keys=script_keys, args=args)
        if script.digest == RESERVE and (then := self.after_reserving) is not None:
            self.after_reserving = None
            await then()
        return answer


class OpenBuckets:
    """A Redis all of whose buckets are open."""

    async def exists(self, _: str) -> int:
        return 1


class LimitedRates:
    def __init__(self, rates: RateLimits) -> None:
        self._rates = rates

    async def of(self, _: UUID) -> EffectiveLimits:
        return EffectiveLimits(ZoneInfo("UTC"), {}, self._rates)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    bench.runner = ScriptedRunner()
    redis: Any = OpenBuckets()
    bench.store = BudgetStore(redis, lease=LEASE, runner=bench.runner)
    bench.book = bench.restarted_book()
    yield bench
    bench.journal.close()


def runner_of(bench: MoneyBench) -> ScriptedRunner:
    assert isinstance(bench.runner, ScriptedRunner)
    return bench.runner


async def fund(bench: MoneyBench, call: ModelCall, rates: RateLimits | None = None) -> Attempt:
    limits: Any = LimitedRates(rates or RateLimits())
    funding = Funding(bench.book, bench.store, limits)
    return await funding.fund(call, call.plan.targets[0], number=1, reason=AttemptReason.FIRST)


def one_call() -> ModelCall:
    return a_call(a_route(a_target(a_provider("first"))))


def hits(call: ModelCall) -> float:
    labels = {"tenant_id": str(call.caller.tenant_id)}
    return REGISTRY.get_sample_value("llm_rate_limit_hits_total", labels) or 0


async def test_a_call_whose_window_is_full_is_counted_as_a_hit_of_its_tenant(bench: MoneyBench) -> None:
    call = one_call()
    runner_of(bench).answers.append([b"limited", b"1", b"2000000", b"5", b"0", b"60000000"])
    with pytest.raises(RateExceeded):
        await fund(bench, call, RateLimits(tenant=ScopeRates(requests_a_minute=1)))
    assert hits(call) == 1


async def test_a_call_that_waited_in_vain_for_a_slot_is_counted_too(bench: MoneyBench) -> None:
    call = one_call()
    runner_of(bench).answers += [[b"held", b"1", b"total", b"calls", b"0", b"", b"1", b"0", b"1", b"1"]] * 3
    with pytest.raises(RateExceeded):
        await fund(bench, call)
    assert hits(call) == 1


async def test_a_call_that_waited_in_vain_for_a_budget_is_not(bench: MoneyBench) -> None:
    call = one_call()
    runner_of(bench).answers += [[b"held", b"1", b"total", b"tokens", b"0", b"", b"9", b"0", b"9", b"1"]] * 3
    with pytest.raises(RoomHeld):
        await fund(bench, call)
    assert hits(call) == 0


async def test_an_admission_that_a_rebuild_passed_over_is_made_again_under_another_id(bench: MoneyBench) -> None:
    call = one_call()

    async def rebuild() -> None:
        [entry] = bench.journal.entries.values()
        await bench.book.restore_holds({entry.reservation.bucket})

    runner_of(bench).after_reserving = rebuild
    attempt = await fund(bench, call)
    passed_over = set(bench.journal.entries) - {attempt.reservation.reservation_id}
    assert len(passed_over) == 1
    await bench.book.finish_unfinished()
    assert bench.held(call.caller.tenant_id) == attempt.reservation.bound
    assert not passed_over & {event.event_id for event in bench.events() if event.status != "failed"}
