"""An attempt is funded when its bound fits every scope; else its caller reads why, and nothing is held."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import ResponseError

from fixtures.money.gateway_calls import LEASE, MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.budget_policy import AwayPolicy, RedisAway
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable
from foundation.domain.money import NOTHING, Amount, BudgetLimit
from llm_gateway.accounting.attempt_book import RedisUnavailable
from llm_gateway.budget.refusals import AlreadyAnswered
from llm_gateway.pricing.bounds import LEAST_OUTPUT
from llm_gateway.refusals.refusal_errors import CallInProgress, RoomHeld
from llm_gateway.stages.call import Attempt, CallIdentity, ModelCall


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


async def fund(bench: MoneyBench, call: ModelCall) -> Attempt:
    return await bench.funding.fund(call, call.plan.targets[0], number=1, reason=AttemptReason.FIRST)


def one_call(max_output: int | None = 50, identity: CallIdentity | None = None) -> ModelCall:
    return a_call(a_route(a_target(a_provider("first"))), max_output=max_output, identity=identity)


async def test_a_funded_attempt_holds_its_whole_bound_and_says_what_is_left(bench: MoneyBench) -> None:
    call = one_call()
    bench.limits.tenant = BudgetLimit(tokens=call.bound.tokens + 7)
    attempt = await fund(bench, call)
    assert bench.held(call.caller.tenant_id) == Amount(call.bound.tokens, call.bound.nano_usd)
    [remaining] = attempt.headroom.remaining
    assert (remaining.tokens, remaining.nano_usd) == (7, None)


async def test_a_bound_that_is_one_token_above_the_limit_is_refused_and_nothing_is_held(bench: MoneyBench) -> None:
    call = one_call()
    bench.limits.tenant = BudgetLimit(tokens=call.bound.tokens - 1)
    with pytest.raises(BudgetExceeded) as refused:
        await fund(bench, call)
    assert refused.value.scope == "tenant"
    assert bench.held(call.caller.tenant_id) == NOTHING
    assert not bench.journal.entries


async def test_a_bound_as_large_as_the_limit_is_funded(bench: MoneyBench) -> None:
    call = one_call()
    bench.limits.tenant = BudgetLimit(tokens=call.bound.tokens, nano_usd=call.bound.nano_usd)
    assert (await fund(bench, call)).reservation.bound_tokens == call.bound.tokens


async def test_room_that_others_hold_is_an_error_that_may_be_tried_again(bench: MoneyBench) -> None:
    first = one_call()
    bench.limits.tenant = BudgetLimit(tokens=first.bound.tokens)
    await fund(bench, first)
    second = a_call(first.route, caller=first.caller)
    with pytest.raises(RoomHeld) as held:
        await fund(bench, second)
    assert held.value.retry_after is not None


async def test_a_caller_who_names_no_length_gets_an_answer_as_long_as_there_is_room(bench: MoneyBench) -> None:
    call = one_call(max_output=None)
    room = call.bound.input_tokens + LEAST_OUTPUT + 100
    bench.limits.tenant = BudgetLimit(tokens=room)
    attempt = await fund(bench, call)
    assert attempt.reservation.bound_tokens == room
    assert attempt.max_output == LEAST_OUTPUT + 100


async def test_a_caller_who_names_a_length_gets_that_length_or_none(bench: MoneyBench) -> None:
    call = one_call(max_output=4096)
    bench.limits.tenant = BudgetLimit(tokens=call.bound.input_tokens + LEAST_OUTPUT + 100)
    with pytest.raises(BudgetExceeded):
        await fund(bench, call)


async def test_no_answer_is_cut_below_the_least_length(bench: MoneyBench) -> None:
    call = one_call(max_output=None)
    bench.limits.tenant = BudgetLimit(tokens=call.bound.input_tokens + LEAST_OUTPUT - 1)
    with pytest.raises(BudgetExceeded):
        await fund(bench, call)


async def test_the_same_call_twice_at_a_time_is_a_conflict_and_once_answered_a_replay(bench: MoneyBench) -> None:
    identity = CallIdentity("own:1:a", b"digest")
    call = one_call(identity=identity)
    attempt = await fund(bench, call)
    repeat = a_call(call.route, caller=call.caller, identity=identity)
    with pytest.raises(CallInProgress):
        await fund(bench, repeat)
    await bench.store.settle(attempt.reservation, NOTHING, "{}", remember=None)
    again = await fund(bench, repeat)
    await bench.store.settle(again.reservation, NOTHING, "{}", remember=LEASE)
    with pytest.raises(AlreadyAnswered):
        await fund(bench, repeat)


async def test_without_redis_a_tenant_that_has_declared_nothing_is_refused(bench: MoneyBench) -> None:
    bench.runner.failure = NotConnected()
    with pytest.raises(RedisUnavailable):
        await fund(bench, one_call())


async def test_an_error_of_redis_itself_is_no_absence_and_admits_nothing_locally(bench: MoneyBench) -> None:
    bench.limits.redis_away = RedisAway(policy=AwayPolicy.OPEN)
    bench.runner.failure = ResponseError("OOM")
    with pytest.raises(DependencyUnavailable) as refused:
        await fund(bench, one_call())
    assert not isinstance(refused.value, RedisUnavailable)


async def test_without_redis_an_open_policy_admits_under_the_id_that_redis_may_know(bench: MoneyBench) -> None:
    bench.limits.redis_away = RedisAway(policy=AwayPolicy.OPEN)
    bench.runner.failure = NotConnected()
    attempt = await fund(bench, one_call())
    assert attempt.reservation.is_local
    assert list(bench.journal.entries) == [attempt.reservation.reservation_id]


async def test_without_redis_an_allowance_is_admitted_up_to_its_last_token_and_no_further(bench: MoneyBench) -> None:
    call = one_call()
    bench.limits.redis_away = RedisAway(policy=AwayPolicy.BOUNDED_LOCAL, tokens=call.bound.tokens, usd="1")
    bench.runner.failure = NotConnected()
    assert (await fund(bench, call)).reservation.is_local
    with pytest.raises(DependencyUnavailable, match="allowance"):
        await fund(bench, a_call(call.route, caller=call.caller))


async def test_without_redis_an_answer_of_no_named_length_gives_way_to_the_allowance(bench: MoneyBench) -> None:
    call = one_call(max_output=None)
    allowed = call.bound.input_tokens + LEAST_OUTPUT
    bench.limits.redis_away = RedisAway(policy=AwayPolicy.BOUNDED_LOCAL, tokens=allowed, usd="1")
    bench.runner.failure = NotConnected()
    attempt = await fund(bench, call)
    assert attempt.reservation.bound_tokens == allowed
