"""Handled messages are deleted, several of them by one request, and none is left at the end."""

import asyncio
from collections.abc import Sequence

from foundation.cloud.queue.base import BATCH
from foundation.cloud.queue.fake import FakeQueue
from foundation.domain.errors import DependencyUnavailable
from orchestrator.intake.deleter import Deleter


class Deleting(FakeQueue):
    """Keeps which receipts came together; the first `failing` requests fail."""

    def __init__(self, *, failing: int = 0) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.deleted = asyncio.Event()
        self._failing = failing

    async def delete(self, receipts: Sequence[str]) -> None:
        self.batches.append(list(receipts))
        self.deleted.set()
        if len(self.batches) <= self._failing:
            raise DependencyUnavailable("SQS does not answer")


def receipts(count: int) -> list[str]:
    return [f"receipt-{number}" for number in range(count)]


async def test_what_is_handled_within_a_moment_is_deleted_together() -> None:
    queue = Deleting()
    deleter = Deleter(queue)
    running = asyncio.create_task(deleter.run())
    for receipt in receipts(3):
        deleter.delete(receipt)
    await queue.deleted.wait()
    running.cancel()
    assert queue.batches == [receipts(3)]


async def test_a_request_has_as_many_as_it_may_have_and_the_rest_follows() -> None:
    queue = Deleting()
    deleter = Deleter(queue)
    for receipt in receipts(2 * BATCH + 1):
        deleter.delete(receipt)
    await deleter.drain()
    assert [len(batch) for batch in queue.batches] == [BATCH, BATCH, 1]
    assert [one for batch in queue.batches for one in batch] == receipts(2 * BATCH + 1)
    await deleter.drain()
    assert len(queue.batches) == 3, "nothing is left to be asked for"


async def test_messages_that_cannot_be_deleted_hold_up_no_others() -> None:
    queue = Deleting(failing=1)
    deleter = Deleter(queue)
    for receipt in receipts(BATCH + 1):
        deleter.delete(receipt)
    await deleter.drain()
    assert [len(batch) for batch in queue.batches] == [BATCH, 1]
