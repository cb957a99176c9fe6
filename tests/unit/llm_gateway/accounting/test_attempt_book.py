"""Every attempt ends in Redis exactly once, at what it used, at nothing or at its bound, whatever broke before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from redis.exceptions import ConnectionError as NotConnected

from fixtures.money.gateway_calls import LEASE, MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.money import NOTHING, Amount, BudgetLimit
from llm_gateway.accounting.journal import AttemptPhase, Settlement
from llm_gateway.accounting.usage_event import encode_event
from llm_gateway.stages.call import Attempt

USED = Amount(30, 40)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


async def funded(bench: MoneyBench) -> Attempt:
    call = a_call(a_route(a_target(a_provider("first"))))
    return await bench.funding.fund(call, call.plan.targets[0], number=1, reason=AttemptReason.FIRST)


def settlement(attempt: Attempt, used: Amount = USED) -> Settlement:
    event = replace(
        attempt.lost,
        status="succeeded",
        usage_source="provider",
        input_tokens=used.tokens,
        output_tokens=0,
        total_tokens=used.tokens,
        cost_nano_usd=used.nano_usd,
    )
    return Settlement(used.tokens, used.nano_usd, encode_event(event))


async def test_a_settled_attempt_is_charged_what_it_used_and_holds_nothing(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    await bench.book.settle(attempt.reservation, settlement(attempt))
    assert bench.committed(attempt.call.caller.tenant_id) == USED
    assert bench.held(attempt.call.caller.tenant_id) == NOTHING
    assert [entry.phase for entry in bench.book.list_unrecorded()] == [AttemptPhase.SETTLED]


async def test_it_is_forgotten_when_the_ledger_has_it_and_not_before(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    identity = attempt.reservation.reservation_id
    bench.book.forget_recorded({identity})
    assert identity in bench.journal.entries
    await bench.book.settle(attempt.reservation, settlement(attempt))
    bench.book.forget_recorded({identity})
    assert not bench.journal.entries


async def test_an_attempt_that_was_never_sent_costs_nothing(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    after_a_crash = bench.restarted_book()
    await after_a_crash.finish_unfinished()
    assert bench.committed(attempt.call.caller.tenant_id) == NOTHING
    [event] = bench.events()
    assert (event.status, event.error_code, event.total_tokens) == ("failed", "not_dispatched", 0)


async def test_an_attempt_that_was_sent_and_not_settled_is_charged_its_bound(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    await bench.restarted_book().finish_unfinished()
    assert bench.committed(attempt.call.caller.tenant_id) == attempt.reservation.bound
    [event] = bench.events()
    assert (event.status, event.usage_source) == ("lost", "bound")


async def test_usage_that_comes_after_the_lapse_lowers_the_charge_to_it(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    await lapse(bench)
    assert bench.committed(attempt.call.caller.tenant_id) == attempt.reservation.bound
    await bench.book.settle(attempt.reservation, settlement(attempt))
    assert bench.committed(attempt.call.caller.tenant_id) == USED
    lost, lowering = bench.events()
    assert lowering.adjusts_event_id == lost.event_id
    assert lost.cost_nano_usd + lowering.cost_nano_usd == USED.nano_usd


async def lapse(bench: MoneyBench) -> None:
    bench.clock.seconds += LEASE.total_seconds()
    await bench.store.lapse()


async def test_a_settlement_waits_in_the_journal_while_redis_is_away_and_is_charged_once(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    bench.journal.settle(attempt.reservation.reservation_id, settlement(attempt))
    bench.runner.failure = NotConnected()
    book = bench.restarted_book()
    await book.finish_unfinished()
    assert bench.held(attempt.call.caller.tenant_id) == attempt.reservation.bound
    bench.runner.failure = None
    await book.finish_unfinished()
    await book.finish_unfinished()
    assert bench.committed(attempt.call.caller.tenant_id) == USED
    assert len(bench.events()) == 1


async def test_a_refused_attempt_leaves_no_trace(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.limits.tenant = BudgetLimit(tokens=1)
    with pytest.raises(Exception, match="does not fit"):
        await funded(bench)
    assert list(bench.journal.entries) == [attempt.reservation.reservation_id]
    assert len(bench.book.holds) == 1


async def test_a_reservation_that_redis_never_answered_is_released_when_it_answers(bench: MoneyBench) -> None:
    bench.runner.failure = NotConnected()
    with pytest.raises(Exception, match="does not answer"):
        await funded(bench)
    assert len(bench.journal.entries) == 1
    bench.runner.failure = None
    await bench.book.finish_unfinished()
    assert not bench.journal.entries
    assert not bench.events()


async def test_a_closed_bucket_asks_for_its_rebuild_and_keeps_the_settlement(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    bench.journal.settle(attempt.reservation.reservation_id, settlement(attempt))
    bench.close_bucket(attempt.call.caller.tenant_id)
    book = bench.restarted_book()
    await book.finish_unfinished()
    assert book.closed.is_set()
    bench.open_bucket(attempt.call.caller.tenant_id)
    await book.finish_unfinished()
    assert bench.committed(attempt.call.caller.tenant_id) == USED


async def test_a_rebuild_puts_back_what_was_used_and_not_the_bound(bench: MoneyBench) -> None:
    attempt = await funded(bench)
    bench.book.mark_dispatching(attempt.reservation)
    bench.journal.settle(attempt.reservation.reservation_id, settlement(attempt))
    bench.runner.lose_holds()
    await bench.book.restore_holds({attempt.reservation.bucket})
    assert bench.held(attempt.call.caller.tenant_id) == attempt.reservation.bound + USED


async def test_a_rebuild_leaves_out_what_was_never_admitted_which_is_then_refused(bench: MoneyBench) -> None:
    call = a_call(a_route(a_target(a_provider("first"))))
    attempt = await bench.funding.fund(call, call.plan.targets[0], number=1, reason=AttemptReason.FIRST)
    entry = bench.journal.entries[attempt.reservation.reservation_id]
    entry.admitted = False
    bench.runner.lose_holds()
    await bench.book.restore_holds({attempt.reservation.bucket})
    assert bench.held(call.caller.tenant_id) == attempt.reservation.bound
    assert entry.passed_over
