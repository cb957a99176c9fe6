"""The figure of a queue is what waits in it, and there is none while it cannot be asked."""

from collections.abc import AsyncIterator
from uuid import uuid4

import boto3
import pytest
from prometheus_client import REGISTRY

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


async def test_the_figure_is_what_waits(queue: Queue) -> None:
    figures = QueueFigures({"tested": queue})
    await figures.look()
    assert figure("tested") == 0
    await queue.send([Outgoing(body="{}", group="a"), Outgoing(body="{}", group="b")])
    await figures.look()
    assert figure("tested") == 2


async def test_a_queue_that_does_not_answer_has_no_figure_and_hides_no_other(queue: Queue, missing: Queue) -> None:
    await QueueFigures({"lost": queue}).look()
    assert figure("lost") == 0
    await QueueFigures({"lost": missing, "found": queue}).look()
    assert figure("lost") is None
    assert figure("found") == 0
