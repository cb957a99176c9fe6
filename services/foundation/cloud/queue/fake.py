"""A queue in memory that keeps SQS's promises about messages in flight, by the clock of the running loop.

It gives messages in the order in which they can be seen, and knows nothing of fairness by group.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from foundation.cloud.queue.base import BATCH, MAX_DELAY_SECONDS, Outgoing, QueueMissing, Received, check_batch
from foundation.domain.errors import DependencyUnavailable


@dataclass(slots=True)
class _Message:
    body: str
    visible_at: float
    receipt: str = ""
    receive_count: int = 0


@dataclass
class FakeQueue:
    """`missing` makes every call fail as on a queue that does not exist, `away` as on one that cannot be reached."""

    missing: bool = False
    away: bool = False
    _messages: list[_Message] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _receipts: Iterator[int] = field(default_factory=count)

    async def receive(self, limit: int, *, wait_seconds: int = 20, visibility_seconds: int = 60) -> list[Received]:
        deadline = _now() + wait_seconds
        while True:
            self._answer()
            if taken := self._take(min(limit, BATCH), visibility_seconds):
                return taken
            if _now() >= deadline:
                return []
            await self._until_changed(min([deadline, *(message.visible_at for message in self._messages)]))

    async def send(self, messages: Sequence[Outgoing]) -> list[bool]:
        check_batch(messages)
        if not messages:
            return []
        self._answer()
        for message in messages:
            delay = min(message.delay_seconds, MAX_DELAY_SECONDS)
            self._messages.append(_Message(message.body, _now() + delay))
        self._changed.set()
        return [True] * len(messages)

    async def delete(self, receipts: Sequence[str]) -> None:
        check_batch(receipts)
        if not receipts:
            return
        self._answer()
        self._messages = [message for message in self._messages if message.receipt not in receipts]

    async def extend(self, receipt: str, *, visibility_seconds: int) -> None:
        self._answer()
        held = [message for message in self._messages if message.receipt == receipt]
        if not held:
            raise DependencyUnavailable(f"this queue knows no receipt {receipt}")
        for message in held:
            message.visible_at = _now() + visibility_seconds
        self._changed.set()

    async def visible(self) -> int:
        self._answer()
        return sum(message.visible_at <= _now() for message in self._messages)

    def _take(self, limit: int, visibility_seconds: int) -> list[Received]:
        ready = [message for message in self._messages if message.visible_at <= _now()][:limit]
        for message in ready:
            message.visible_at = _now() + visibility_seconds
            message.receipt = f"receipt-{next(self._receipts)}"
            message.receive_count += 1
        return [Received(message.body, message.receipt, message.receive_count) for message in ready]

    async def _until_changed(self, moment: float) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout_at(moment):
                await self._changed.wait()
        except TimeoutError:
            return

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("this queue is away")
        if self.missing:
            raise QueueMissing("the queue does not exist")


def _now() -> float:
    return asyncio.get_running_loop().time()
