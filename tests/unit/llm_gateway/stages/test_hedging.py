"""A second attempt beside a slow one: sent only if it is funded at once, and the loser is charged too."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.money.gateway_calls import (
    PRICE,
    MoneyBench,
    a_call,
    a_failure,
    a_provider,
    a_route,
    a_target,
    an_answer,
)
from foundation.contracts.gateway.ledger import AttemptReason, Dialect
from foundation.domain.money import NOTHING, BudgetLimit
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.planning.order import NearlySpentCallers
from llm_gateway.providers.fake import FakeAnswer, FakeProvider
from llm_gateway.stages.call import CallIdentity, ModelCall, OpenedAnswer
from llm_gateway.stages.dispatcher import Dispatcher
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.discarder import Discarder
from llm_gateway.stages.ending.plain_finisher import PlainFinisher


class SlowProvider(FakeProvider):
    """Answers when it is told to."""

    def __init__(self, name: str, *outcomes: FakeAnswer | UpstreamFailed) -> None:
        super().__init__(Dialect.CHAT, outcomes=outcomes or (an_answer(),), name=name)
        self.go_on = asyncio.Event()

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> FakeAnswer:
        await self.go_on.wait()
        return await super().send(body, request=request, client_request_id=client_request_id)


class Hedged:
    """A dispatcher with a discarder that ends losers for real."""

    def __init__(self, bench: MoneyBench) -> None:
        unused: Any = None
        finisher = PlainFinisher(bench.settler, AnswerKeeper(bench.settler, unused, unused))
        self.discarder = Discarder(bench.settler, finisher, unused)
        alerts: Any = bench.alerts
        self.dispatcher = Dispatcher(
            bench.funding,
            bench.sender,
            discarder=self.discarder,
            nearly_spent=NearlySpentCallers(),
            alerts=alerts,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


def a_hedged_call(providers: Iterable[FakeProvider]) -> ModelCall:
    targets = [a_target(provider, rank=rank) for rank, provider in enumerate(providers)]
    return a_call(a_route(*targets, hedge_after_seconds=0.01))


async def test_a_quick_first_answer_has_no_second_attempt(bench: MoneyBench) -> None:
    second = a_provider("second")
    opened = await Hedged(bench).dispatcher.open_answer(a_hedged_call([a_provider("first"), second]))
    assert opened.attempt.target.provider.name == "first"
    assert not second.sent


async def test_the_quicker_second_wins_and_the_first_is_charged_when_it_has_answered(bench: MoneyBench) -> None:
    slow = SlowProvider("slow")
    hedged = Hedged(bench)
    call = a_hedged_call([slow, a_provider("quick")])
    opened = await hedged.dispatcher.open_answer(call)
    assert opened.attempt.lost.reason is AttemptReason.HEDGE
    assert opened.attempt.target.provider.name == "quick"
    slow.go_on.set()
    await hedged.discarder.drain()
    [event] = bench.events()
    assert (event.provider, event.status, event.total_tokens) == ("slow", "succeeded", 15)
    assert bench.held(call.caller.tenant_id) == opened.attempt.reservation.bound


async def test_a_second_attempt_that_has_no_room_is_not_sent(bench: MoneyBench) -> None:
    slow, second = SlowProvider("slow"), a_provider("second")
    call = a_hedged_call([slow, second])
    bench.limits.tenant = BudgetLimit(tokens=call.bound.tokens)
    opening = asyncio.create_task(Hedged(bench).dispatcher.open_answer(call))
    await asyncio.sleep(0.05)
    slow.go_on.set()
    opened = await opening
    assert opened.attempt.target.provider.name == "slow"
    assert not second.sent


async def test_a_loser_that_fails_is_settled_once_and_hurts_nobody(bench: MoneyBench) -> None:
    slow = SlowProvider("slow", a_failure())
    hedged = Hedged(bench)
    opened = await hedged.dispatcher.open_answer(a_hedged_call([slow, a_provider("quick")]))
    slow.go_on.set()
    await hedged.discarder.drain()
    [event] = bench.events()
    assert (event.provider, event.status, event.cost_nano_usd) == ("slow", "failed", 0)
    assert opened.attempt.target.provider.name == "quick"


async def test_when_the_second_fails_the_first_still_answers(bench: MoneyBench) -> None:
    slow = SlowProvider("slow")
    call = a_hedged_call([slow, a_provider("failing", a_failure())])
    opening = asyncio.create_task(Hedged(bench).dispatcher.open_answer(call))
    await asyncio.sleep(0.05)
    slow.go_on.set()
    opened: OpenedAnswer = await opening
    assert opened.attempt.target.provider.name == "slow"
    assert bench.committed(call.caller.tenant_id) == NOTHING
    assert opened.attempt.target.price is PRICE


async def test_a_call_with_a_key_has_no_second_attempt_beside_the_first(bench: MoneyBench) -> None:
    """Two attempts of one key at a time are what the key's marker prevents."""
    slow, second = SlowProvider("slow"), a_provider("second")
    call = replace(a_hedged_call([slow, second]), identity=CallIdentity("key", b"digest"))
    opening = asyncio.create_task(Hedged(bench).dispatcher.open_answer(call))
    await asyncio.sleep(0.05)
    slow.go_on.set()
    assert (await opening).attempt.target.provider.name == "slow"
    assert not second.sent


async def test_a_second_attempt_without_room_gives_its_permit_back(bench: MoneyBench) -> None:
    slow = SlowProvider("slow")
    call = a_hedged_call([slow, a_provider("second")])
    breaker = call.plan.targets[1].breaker
    breaker.adopt(open_seconds=0, why=breaker.why)
    bench.limits.tenant = BudgetLimit(tokens=call.bound.tokens)
    opening = asyncio.create_task(Hedged(bench).dispatcher.open_answer(call))
    await asyncio.sleep(0.05)
    slow.go_on.set()
    await opening
    permits = [await breaker.permit() for _ in range(breaker.config.trials)]
    assert None not in permits, "every trial of the half-open breaker is free"
