"""The port behind a queue: messages that come back until they are deleted, fair by message group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from foundation.domain.errors import DependencyUnavailable

BATCH = 10
"""The most messages that one call sends, receives or deletes."""
MAX_DELAY_SECONDS = 900


class QueueMissing(DependencyUnavailable):
    """The queue does not exist, which passes: its stack is being deployed again."""

    code = "queue_missing"


@dataclass(frozen=True, slots=True)
class Received:
    """A message in flight: it comes back unless its receipt is deleted before the visibility time-out ends."""

    body: str
    receipt: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send; `group` (the tenant) switches on SQS's fair queues."""

    body: str
    group: str
    delay_seconds: int = 0


def check_batch(batch: Sequence[object]) -> None:
    """ValueError for more than one call takes: whoever calls has to cut it, and would never succeed with it."""
    if len(batch) > BATCH:
        raise ValueError(f"{len(batch)} messages are more than the {BATCH} of one call")


class Queue(Protocol):
    """Every call raises `DependencyUnavailable` when the queue does not answer, `QueueMissing` when there is none."""

    async def receive(self, limit: int, *, wait_seconds: int = 20, visibility_seconds: int = 60) -> list[Received]:
        """Up to min(limit, 10) messages, waiting for the first; none when the wait is over."""
        ...

    async def send(self, messages: Sequence[Outgoing]) -> list[bool]:
        """Sends at most ten messages in one call; returns for each whether the queue took it. ValueError for more.

        A delay longer than `MAX_DELAY_SECONDS` is one of that length.
        """
        ...

    async def delete(self, receipts: Sequence[str]) -> None:
        """Deletes at most ten messages, ValueError for more; a receipt that is not known deletes nothing."""
        ...

    async def extend(self, receipt: str, *, visibility_seconds: int) -> None:
        """The message stays in flight for this long from now; for 0 seconds: it comes back at once.

        `DependencyUnavailable` also for a receipt that the queue does not know.
        """
        ...

    async def visible(self) -> int:
        """Roughly how many messages wait."""
        ...
