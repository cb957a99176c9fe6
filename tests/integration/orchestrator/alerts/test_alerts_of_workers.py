"""Alerts that a worker's figures raise, each by its cause."""

from contextlib import suppress

from prometheus_client import generate_latest

from fixtures.alerting.evaluation import Scrape, is_raised
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import database
from foundation.cloud.queue.base import BATCH, Outgoing
from foundation.cloud.queue.fake import FakeQueue
from foundation.telemetry import metrics
from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.record import RecordedKind, SpanRecord
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.clients.not_reached import NotReached
from orchestrator.intake.queue_figures import QueueFigures


def figures() -> Scrape:
    return Scrape().add("orchestrator", generate_latest().decode())


async def filled(messages: int) -> FakeQueue:
    queue = FakeQueue()
    for begin in range(0, messages, BATCH):
        await queue.send([Outgoing("{}", "tenant")] * min(BATCH, messages - begin))
    return queue


async def test_messages_that_nobody_takes_raise_a_backlog_and_dead_letters(scratch: ScratchDatabase) -> None:
    opened = database(scratch)
    metrics.STEPS_IN_LINE.set(0)
    try:
        await QueueFigures({"steps": await filled(1000), "steps-dlq": await filled(0)}, opened).look()
        before = figures()
        assert not is_raised("Backlog", before, before)
        assert not is_raised("DeadLetters", before, before)
        await QueueFigures({"steps": await filled(1001), "steps-dlq": await filled(1)}, opened).look()
        after = figures()
    finally:
        await opened.close()
    assert is_raised("Backlog", before, after)
    assert is_raised("DeadLetters", before, after)


def test_a_gateway_that_is_not_reached_raises_an_open_breaker_of_a_worker() -> None:
    breaker, before = WorkerBreakers().model_gateway, figures()
    for _ in range(3):
        with suppress(NotReached), breaker.judged_by(NotReached, began_nothing=NotReached):
            raise NotReached("the gateway does not answer")
    assert is_raised("WorkerBreakerOpen", before, figures())


def test_spans_that_find_no_room_raise_dropped_spans() -> None:
    buffer, before = SpanBuffer(most=1), figures()
    for _ in range(200):
        buffer.add(SpanRecord("a" * 32, "b" * 16, None, "x", RecordedKind.INTERNAL, "tests", 1, 2, {}))
    assert is_raised("SpansDropped", before, figures())
