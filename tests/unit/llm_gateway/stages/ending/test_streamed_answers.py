"""A stream's last event leaves after its charge; one that breaks off ends with an error and is charged all the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.money.gateway_calls import MoneyBench, a_call, a_provider, a_route, a_target
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.money import NOTHING, Amount
from llm_gateway.providers.fake import FakeAnswer
from llm_gateway.stages.call import OpenedAnswer
from llm_gateway.stages.ending.answer_keeper import AnswerKeeper
from llm_gateway.stages.ending.stream_finisher import StreamFinisher
from llm_gateway.streaming.drains import Drains
from llm_gateway.streaming.heartbeat import Heartbeat
from llm_gateway.streaming.outlet import Outlet

WORD = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}\n\n'
USAGE = b'data: {"id":"1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}\n\n'
DONE = b"data: [DONE]\n\n"
COST = Amount(15, 10 * 1000 + 5 * 2000)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MoneyBench]:
    bench = MoneyBench(tmp_path)
    yield bench
    bench.journal.close()


def finisher(bench: MoneyBench) -> StreamFinisher:
    unused: Any = None
    keeper = AnswerKeeper(bench.settler, unused, unused)
    return StreamFinisher(bench.settler, keeper, heartbeat=Heartbeat(seconds=15), drains=Drains())


async def opened(bench: MoneyBench, answer: FakeAnswer) -> OpenedAnswer:
    target = a_target(a_provider("first", answer))
    call = a_call(a_route(target))
    request = replace(call.request, streamed=True, wants_usage=True)
    plan = replace(call.plan, requests={request.dialect: request}, widest=request)
    call = replace(call, request=request, plan=plan)
    attempt = await bench.funding.fund(call, target, number=1, reason=AttemptReason.FIRST)
    permit = await target.breaker.permit()
    assert permit is not None
    return await bench.sender.send(attempt, permit, attempt.started + 10)


async def test_every_event_leaves_and_the_last_one_after_the_charge(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD, WORD, USAGE, DONE))
    tenant_id = one.attempt.call.caller.tenant_id
    outlet = finisher(bench).start(one)
    charged_before: list[tuple[bytes, Amount]] = [
        (chunk, bench.committed(tenant_id)) async for chunk in outlet.chunks()
    ]
    assert b"".join(chunk for chunk, _ in charged_before) == WORD + WORD + USAGE + DONE
    assert charged_before[-1] == (DONE, COST)
    assert bench.held(tenant_id) == NOTHING
    assert one.permit.breaker.state == "closed"


async def test_a_stream_that_breaks_off_has_no_false_end_and_is_charged_its_bound(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD, is_cut=True))
    sent = b"".join([chunk async for chunk in finisher(bench).start(one).chunks()])
    assert DONE not in sent
    assert b"error" in sent
    assert bench.committed(one.attempt.call.caller.tenant_id) == one.attempt.reservation.bound
    [event] = bench.events()
    assert (event.status, event.error_code) == ("cut", "upstream_cut")
    assert one.permit.breaker.state == "open"


async def test_a_stream_that_breaks_off_after_its_usage_is_charged_that(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD, USAGE, is_cut=True))
    sent = b"".join([chunk async for chunk in finisher(bench).start(one).chunks()])
    assert DONE not in sent
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST


async def test_a_stream_that_just_stops_is_cut_too(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD))
    sent = b"".join([chunk async for chunk in finisher(bench).start(one).chunks()])
    assert DONE not in sent
    [event] = bench.events()
    assert event.status == "cut"


async def test_a_client_that_leaves_does_not_stop_the_reading_for_the_usage(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD, USAGE, DONE))
    streaming = finisher(bench)
    outlet = streaming.start(one)
    outlet.leave()
    await streaming.drain()
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST
    assert one.permit.breaker.state == "closed"


async def test_a_stream_that_nobody_gets_is_charged_and_its_end_stays(bench: MoneyBench) -> None:
    one = await opened(bench, FakeAnswer(WORD, USAGE, DONE))
    outlet = Outlet()
    await finisher(bench).pump(one, outlet, keep=False)
    assert DONE not in b"".join([chunk async for chunk in outlet.chunks()])
    assert bench.committed(one.attempt.call.caller.tenant_id) == COST
