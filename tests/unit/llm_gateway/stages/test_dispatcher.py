"""Attempts go on while another may help: to the next target at once, within the route's attempts and time."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.money.gateway_calls import (
    MoneyBench,
    a_call,
    a_failure,
    a_provider,
    a_route,
    a_target,
)
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.errors import BudgetExceeded
from foundation.domain.money import NOTHING, BudgetLimit
from llm_gateway.breakers.alerts import Alert
from llm_gateway.breakers.breaker import ModelBreaker
from llm_gateway.configuration.file import BreakerConfig
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.providers.fake import FakeProvider
from llm_gateway.routing.routes import Target
from llm_gateway.stages.call import CallIdentity, ModelCall, OpenedAnswer
from llm_gateway.stages.dispatcher import BreakersOpen, Dispatcher, _Progress, may_try_again, pause_before_next

IDENTITY = CallIdentity("own:1:a", b"digest")
"""A call that can be replayed is not given up when its client leaves."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


class NoLosers:
    def discard_losers(self, losers: Any) -> None:
        assert not losers


async def open_answer(bench: MoneyBench, call: ModelCall) -> OpenedAnswer:
    alerts: Any = bench.alerts
    discarder: Any = NoLosers()
    dispatcher = Dispatcher(
        bench.funding, bench.sender, discarder=discarder, nearly_spent=NearlySpentCallers(), alerts=alerts
    )
    return await dispatcher.open_answer(call)


def two_targets(*first_answers: Any) -> tuple[FakeProvider, FakeProvider, tuple[Target, Target]]:
    first, second = a_provider("first", *first_answers), a_provider("second")
    return first, second, (a_target(first), a_target(second, rank=2))


async def test_a_passing_failure_is_settled_and_the_next_target_answers(bench: MoneyBench) -> None:
    first, second, targets = two_targets(a_failure())
    call = a_call(a_route(*targets), identity=IDENTITY)
    opened = await open_answer(bench, call)
    assert (len(first.sent), len(second.sent)) == (1, 1)
    assert [attempt.target.provider.name for attempt in call.attempts] == ["first", "second"]
    assert opened.attempt.lost.reason is AttemptReason.FAILOVER
    [event] = bench.events()
    assert (event.status, event.provider, event.cost_nano_usd) == ("failed", "first", 0)
    assert bench.held(call.caller.tenant_id) == opened.attempt.reservation.bound


async def test_a_permanent_failure_is_not_tried_again(bench: MoneyBench) -> None:
    _, second, targets = two_targets(a_failure("bad_request", retryable=False, status=400))
    with pytest.raises(UpstreamFailed) as failed:
        await open_answer(bench, a_call(a_route(*targets), identity=IDENTITY))
    assert not second.sent
    assert [attempt.code for attempt in failed.value.attempts] == ["bad_request"]
    assert not bench.alerts.alerts


async def test_a_target_that_refuses_the_request_uses_up_no_attempt(bench: MoneyBench) -> None:
    _, second, targets = two_targets(a_failure("upstream_refused", retryable=False, status=403))
    opened = await open_answer(bench, a_call(a_route(*targets, attempts=1), identity=IDENTITY))
    assert opened.attempt.number == 2
    assert len(second.sent) == 1


async def test_a_route_makes_no_more_attempts_than_it_declares_and_alerts(bench: MoneyBench) -> None:
    first, second = a_provider("first", a_failure()), a_provider("second", a_failure())
    targets = a_target(first), a_target(second, rank=2)
    with pytest.raises(UpstreamFailed) as failed:
        await open_answer(bench, a_call(a_route(*targets, attempts=2), identity=IDENTITY))
    assert (len(first.sent), len(second.sent)) == (1, 1)
    assert [attempt.provider for attempt in failed.value.attempts] == ["first", "second"]
    assert bench.alerts.alerts == [Alert.ALL_ATTEMPTS_FAILED]


async def test_a_target_whose_breaker_is_open_is_passed_over(bench: MoneyBench) -> None:
    first, _, targets = two_targets()
    targets[0].breaker.on_failure()
    opened = await open_answer(bench, a_call(a_route(*targets)))
    assert not first.sent
    assert opened.attempt.target is targets[1]


async def test_when_all_breakers_are_open_nothing_is_funded(bench: MoneyBench) -> None:
    _, _, targets = two_targets()
    for target in targets:
        target.breaker.on_failure()
    call = a_call(a_route(*targets))
    with pytest.raises(BreakersOpen) as refused:
        await open_answer(bench, call)
    assert refused.value.retry_after is not None
    assert 0.5 <= refused.value.retry_after <= 20
    assert bench.held(call.caller.tenant_id) == NOTHING


async def test_an_attempt_that_is_not_funded_is_not_sent(bench: MoneyBench) -> None:
    first, _, targets = two_targets()
    bench.limits.tenant = BudgetLimit(tokens=1)
    with pytest.raises(BudgetExceeded):
        await open_answer(bench, a_call(a_route(*targets)))
    assert not first.sent


async def test_the_cheaper_target_of_a_caller_near_its_limit_is_named_as_the_reason(bench: MoneyBench) -> None:
    cheap = a_target(a_provider("cheap"))
    route = a_route(a_target(a_provider("first")), cheaper=cheap)
    call = a_call(route)
    call = _with_plan(call, targets=(cheap, *route.targets))
    assert (await open_answer(bench, call)).attempt.lost.reason is AttemptReason.CHEAPER


def _with_plan(call: ModelCall, *, targets: tuple[Target, ...]) -> ModelCall:
    return replace(call, plan=replace(call.plan, targets=targets, prefers_cheaper=True))


def progress_after(target: Target, *, number: int) -> _Progress:
    return _Progress(deadline=0, number=number, before=target)


def test_another_provider_is_tried_without_a_pause() -> None:
    _, _, targets = two_targets()
    call = a_call(a_route(*targets))
    assert pause_before_next(call, progress_after(targets[0], number=1), a_failure(), draw=most) == 0.0


def test_the_same_provider_is_tried_after_a_bound_that_doubles_up_to_eight_seconds() -> None:
    target = a_target(a_provider("first"))
    call = a_call(a_route(target))
    pauses = [pause_before_next(call, progress_after(target, number=n), a_failure(), draw=most) for n in range(1, 8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_a_provider_that_names_a_pause_gets_at_least_that() -> None:
    target = a_target(a_provider("first"))
    failure = a_failure(status=429)
    failure.retry_after = 3.0
    call = a_call(a_route(target))
    assert pause_before_next(call, progress_after(target, number=1), failure, draw=least) == 3.0
    assert pause_before_next(call, progress_after(target, number=1), failure, draw=most) == pytest.approx(3.1)


def most(_: float, high: float) -> float:
    return high


def least(low: float, _: float) -> float:
    return low


def test_no_attempt_begins_at_or_after_the_deadline_of_the_route() -> None:
    _, _, targets = two_targets()
    call = a_call(a_route(*targets))
    progress = _Progress(deadline=5.0, number=1, before=targets[0])
    assert may_try_again(call, progress, a_failure(), at=4.9)
    assert not may_try_again(call, progress, a_failure(), at=5.0)


async def test_a_trial_call_that_is_not_funded_leaves_its_place_to_the_next(bench: MoneyBench) -> None:
    now = [1000.0]
    config = BreakerConfig(failures=1, open_seconds=20, trials=1)
    breaker = ModelBreaker("first", "m", config, clock=lambda: now[0])
    target = dataclasses.replace(a_target(a_provider("first")), breaker=breaker)
    breaker.on_failure()
    now[0] += 20
    bench.limits.tenant = BudgetLimit(tokens=1)
    with pytest.raises(BudgetExceeded):
        await open_answer(bench, a_call(a_route(target)))
    assert await breaker.permit() is not None
