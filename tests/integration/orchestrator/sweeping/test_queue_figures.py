"""The figure of a queue is what waits in it, and there is none while it cannot be asked."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import uuid4

import boto3
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.stack import Stack
from foundation.cloud.clients import Clients
from foundation.cloud.queue.base import Outgoing, Queue
from foundation.cloud.queue.sqs import SqsQueue
from orchestrator.intake.queue_figures import QueueFigures

pytestmark = pytest.mark.stack


@pytest.fixture
async def queue(stack: Stack) -> AsyncIterator[Queue]:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=f"figures-{uuid4().hex[:12]}")["QueueUrl"]
    async with Clients() as clients:
        yield SqsQueue(await clients.sqs(), url)
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
async def missing(stack: Stack) -> AsyncIterator[Queue]:
    async with Clients() as clients:
        yield SqsQueue(await clients.sqs(), stack["LOCKSTEP_STEPS_QUEUE_URL"] + "-that-is-not-there")


def figure(name: str) -> float | None:
    return REGISTRY.get_sample_value("sqs_messages_visible", {"queue_name": name})


async def test_the_figure_is_what_waits(queue: Queue, parts: Parts) -> None:
    figures = QueueFigures({"tested": queue}, parts.orchestrator)
    await figures.look()
    assert figure("tested") == 0
    await queue.send([Outgoing(body="{}", group="a"), Outgoing(body="{}", group="b")])
    await figures.look()
    assert figure("tested") == 2


async def watched(parts: Parts, name: str) -> tuple[datetime, datetime | None]:
    """When somebody last looked at the queue, and when it was empty then."""
    async with parts.owner.across_tenants(reason="a queue is of every tenant") as tx:
        row = (
            await tx.execute(text("SELECT looked_at, empty_at FROM queue_watch WHERE queue = :name"), {"name": name})
        ).one()
    return row.looked_at, row.empty_at


async def test_each_look_is_noted_with_whether_the_queue_was_empty(queue: Queue, parts: Parts) -> None:
    figures = QueueFigures({"watched": queue}, parts.orchestrator)
    await figures.look()
    looked_at, empty_at = await watched(parts, "watched")
    assert looked_at == empty_at
    await queue.send([Outgoing(body="{}", group="a")])
    await figures.look()
    later, still_empty_at = await watched(parts, "watched")
    assert later > looked_at
    assert still_empty_at == empty_at


async def test_a_queue_that_does_not_answer_has_no_figure_and_hides_no_other(
    queue: Queue, missing: Queue, parts: Parts
) -> None:
    await QueueFigures({"lost": queue}, parts.orchestrator).look()
    assert figure("lost") == 0
    await QueueFigures({"lost": missing, "found": queue}, parts.orchestrator).look()
    assert figure("lost") is None
    assert figure("found") == 0
