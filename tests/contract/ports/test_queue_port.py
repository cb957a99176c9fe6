"""What every queue must do: SQS as the stack has it, and the one in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import boto3
import pytest

from fixtures.cloud.closed_ports import clients_of_nothing
from foundation.cloud.clients import Clients
from foundation.cloud.queue.base import BATCH, Outgoing, Queue, QueueMissing, Received
from foundation.cloud.queue.fake import FakeQueue
from foundation.cloud.queue.sqs import SqsQueue
from foundation.domain.errors import DependencyUnavailable

KINDS = ["fake", pytest.param("sqs", marks=pytest.mark.stack)]
SOON = 5
"""Seconds within which what must come comes."""


@asynccontextmanager
async def a_queue(kind: str) -> AsyncIterator[Queue]:
    if kind == "fake":
        yield FakeQueue()
        return
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=f"contract-{uuid4().hex[:12]}")["QueueUrl"]
    async with Clients() as clients:
        yield SqsQueue(await clients.sqs(), url)
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture(params=KINDS)
async def queue(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    async with a_queue(request.param) as made:
        yield made


@pytest.fixture(params=KINDS)
async def missing(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    async with AsyncExitStack() as stack:
        if request.param == "fake":
            yield FakeQueue(missing=True)
        else:
            clients = await stack.enter_async_context(Clients())
            url = boto3.client("sqs").create_queue(QueueName=f"contract-{uuid4().hex[:12]}")["QueueUrl"]
            boto3.client("sqs").delete_queue(QueueUrl=url)
            yield SqsQueue(await clients.sqs(), url)


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    if request.param == "fake":
        yield FakeQueue(away=True)
    else:
        async with clients_of_nothing() as clients:
            yield SqsQueue(await clients.sqs(), "http://127.0.0.1:1/queue/none")


async def send(queue: Queue, *bodies: str, delay_seconds: int = 0) -> None:
    messages = [Outgoing(body, group="tenant", delay_seconds=delay_seconds) for body in bodies]
    assert await queue.send(messages) == [True] * len(bodies)


async def receive(queue: Queue, *, visibility_seconds: int = 60, wait_seconds: int = SOON) -> list[Received]:
    return await queue.receive(BATCH, wait_seconds=wait_seconds, visibility_seconds=visibility_seconds)


async def test_what_is_sent_is_received_and_not_again_while_it_is_in_flight(queue: Queue) -> None:
    await send(queue, "one")
    [received] = await receive(queue)
    assert (received.body, received.receive_count) == ("one", 1)
    assert await receive(queue, wait_seconds=0) == []


async def test_a_message_that_is_not_deleted_comes_back_counted_and_under_a_new_receipt(queue: Queue) -> None:
    await send(queue, "one")
    [first] = await receive(queue, visibility_seconds=1)
    [second] = await receive(queue)
    assert (second.body, second.receive_count) == ("one", 2)
    assert second.receipt != first.receipt


async def test_a_message_that_is_deleted_does_not_come_back(queue: Queue) -> None:
    await send(queue, "one", "two")
    received = await receive(queue, visibility_seconds=1)
    if len(received) < 2:
        received += await receive(queue, visibility_seconds=1)
    kept = next(message for message in received if message.body == "two")
    await queue.delete([message.receipt for message in received if message is not kept])
    [again] = await receive(queue)
    assert again.body == "two"
    assert await receive(queue, wait_seconds=1) == []


async def test_deleting_twice_is_harmless(queue: Queue) -> None:
    await send(queue, "one")
    [received] = await receive(queue)
    await queue.delete([received.receipt])
    await queue.delete([received.receipt])


async def test_a_receipt_that_is_not_known_deletes_nothing_and_keeps_nothing_in_flight(queue: Queue) -> None:
    await send(queue, "one")
    await queue.delete(["no receipt"])
    with pytest.raises(DependencyUnavailable):
        await queue.extend("no receipt", visibility_seconds=60)
    assert [message.body for message in await receive(queue)] == ["one"]


async def test_more_than_a_batch_is_refused_as_a_fault_of_the_caller(queue: Queue) -> None:
    with pytest.raises(ValueError, match="more than the 10"):
        await queue.send([Outgoing("one", group="tenant")] * (BATCH + 1))
    with pytest.raises(ValueError, match="more than the 10"):
        await queue.delete(["receipt"] * (BATCH + 1))
    assert await queue.visible() == 0


async def test_an_empty_batch_is_done_without_asking(queue: Queue, away: Queue) -> None:
    for one in (queue, away):
        assert await one.send([]) == []
        await one.delete([])


async def test_no_more_come_at_once_than_were_asked_for_and_never_more_than_a_batch(queue: Queue) -> None:
    bodies = {str(number) for number in range(2 * BATCH)}
    for start in range(0, len(bodies), BATCH):
        await send(queue, *sorted(bodies)[start : start + BATCH])
    assert len(await queue.receive(3, wait_seconds=SOON)) <= 3
    assert 0 < len(await queue.receive(50, wait_seconds=SOON)) <= BATCH


async def test_an_empty_queue_answers_with_nothing_once_the_wait_is_over(queue: Queue) -> None:
    assert await receive(queue, wait_seconds=1) == []


async def test_a_delayed_message_waits_unseen(queue: Queue) -> None:
    await send(queue, "later", delay_seconds=1)
    assert await receive(queue, wait_seconds=0) == []
    [received] = await receive(queue)
    assert received.body == "later"


async def test_a_message_stays_in_flight_as_long_as_it_is_extended(queue: Queue) -> None:
    await send(queue, "one")
    [received] = await receive(queue, visibility_seconds=1)
    await queue.extend(received.receipt, visibility_seconds=60)
    assert await receive(queue, wait_seconds=2) == []


async def test_a_message_that_is_given_back_comes_at_once(queue: Queue) -> None:
    await send(queue, "one")
    [received] = await receive(queue, visibility_seconds=600)
    await queue.extend(received.receipt, visibility_seconds=0)
    assert [message.body for message in await receive(queue)] == ["one"]


async def test_what_waits_is_counted_without_what_is_in_flight(queue: Queue) -> None:
    assert await queue.visible() == 0
    await send(queue, "one", "two")
    assert await queue.visible() == 2
    await queue.receive(1, wait_seconds=SOON)
    assert await queue.visible() == 1


async def test_a_queue_that_is_not_there_is_told_apart_from_one_that_does_not_answer(missing: Queue) -> None:
    with pytest.raises(QueueMissing):
        await send(missing, "one")
    with pytest.raises(QueueMissing):
        await receive(missing, wait_seconds=0)
    with pytest.raises(QueueMissing):
        await missing.visible()


async def test_a_queue_that_does_not_answer_is_unavailable_to_every_call(away: Queue) -> None:
    calls = [
        away.send([Outgoing("one", group="tenant")]),
        away.receive(1, wait_seconds=0),
        away.delete(["receipt"]),
        away.extend("receipt", visibility_seconds=1),
        away.visible(),
    ]
    raised = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in raised} == {DependencyUnavailable}
