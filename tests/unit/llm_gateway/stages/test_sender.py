"""An attempt that is sent and fails is settled where it fails, and its breaker learns what the failure shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.money.gateway_calls import MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.money import NOTHING
from llm_gateway.accounting.journal import AttemptPhase
from llm_gateway.breakers.breaker import Permit
from llm_gateway.exchange.failures import Billing, UpstreamFailed, broken_off
from llm_gateway.stages.call import Attempt


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


async def an_attempt(bench: MoneyBench, *answers: UpstreamFailed) -> tuple[Attempt, Permit]:
    target = a_target(a_provider("first", *answers))
    call = a_call(a_route(target))
    attempt = await bench.funding.fund(call, target, number=1, reason=AttemptReason.FIRST)
    permit = await target.breaker.permit()
    assert permit is not None
    return attempt, permit


async def send(bench: MoneyBench, failure: UpstreamFailed) -> tuple[Attempt, Permit]:
    attempt, permit = await an_attempt(bench, failure)
    with pytest.raises(UpstreamFailed):
        await bench.sender.send(attempt, permit, attempt.started + 10)
    return attempt, permit


async def test_the_journal_knows_of_the_dispatch_before_the_answer(bench: MoneyBench) -> None:
    attempt, permit = await an_attempt(bench)
    await bench.sender.send(attempt, permit, attempt.started + 10)
    assert bench.journal.entries[attempt.reservation.reservation_id].phase is AttemptPhase.DISPATCHING
    assert not permit.is_released


async def test_what_the_provider_does_not_bill_is_charged_nothing(bench: MoneyBench) -> None:
    attempt, _ = await send(
        bench, UpstreamFailed("upstream_error", billing=Billing.NONE, retryable=True, trips_breaker=False, status=500)
    )
    assert bench.committed(attempt.call.caller.tenant_id) == NOTHING
    assert bench.held(attempt.call.caller.tenant_id) == NOTHING


async def test_what_may_have_been_billed_is_charged_its_bound(bench: MoneyBench) -> None:
    attempt, _ = await send(bench, broken_off("upstream_cut"))
    assert bench.committed(attempt.call.caller.tenant_id) == attempt.reservation.bound


async def test_a_failure_of_the_provider_counts_at_its_breaker(bench: MoneyBench) -> None:
    _, permit = await send(bench, broken_off("upstream_cut"))
    assert permit.breaker.state == "open"


async def test_a_bad_request_does_not_count_at_the_breaker(bench: MoneyBench) -> None:
    bad = UpstreamFailed("bad_request", billing=Billing.NONE, retryable=False, trips_breaker=False, status=400)
    _, permit = await send(bench, bad)
    assert permit.is_released
    assert permit.breaker.state == "closed"


async def test_a_429_is_no_failure_but_three_of_them_open_the_breaker_for_as_long_as_asked(bench: MoneyBench) -> None:
    def limited() -> UpstreamFailed:
        return UpstreamFailed(
            "rate_limited", billing=Billing.NONE, retryable=True, trips_breaker=False, status=429, retry_after=7.0
        )

    attempt, permit = await an_attempt(bench, limited(), limited(), limited())
    breaker = permit.breaker
    for number in range(1, 4):
        assert breaker.state == "closed"
        sent = await bench.funding.fund(attempt.call, attempt.target, number=number, reason=AttemptReason.RETRY)
        next_permit = await breaker.permit()
        assert next_permit is not None
        with pytest.raises(UpstreamFailed):
            await bench.sender.send(sent, next_permit, sent.started + 10)
    assert breaker.state == "open"
    assert 6 < breaker.retry_after <= 7
