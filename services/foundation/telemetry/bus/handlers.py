"""Handlers: functions that are called with each event, within a time, and passed over while they keep failing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from foundation.telemetry.bus import figures
from foundation.telemetry.bus.event_bus import CAPACITY, EventBus, Topic
from foundation.telemetry.bus.subscription import BusClosed
from foundation.telemetry.logs import logger

E = TypeVar("E")

_log = logger(__name__)


@dataclass
class HandlerBreaker:
    """Opens after `failures` in a row; after `pause_seconds` one event is tried, and its outcome decides."""

    failures: int = 5
    pause_seconds: float = 30.0
    now: Callable[[], float] = time.monotonic
    _in_a_row: int = field(default=0, init=False)
    _opened_at: float | None = field(default=None, init=False)

    @property
    def passes(self) -> bool:
        """Whether the next event may be handled."""
        return self._opened_at is None or self.now() - self._opened_at >= self.pause_seconds

    @property
    def open(self) -> bool:
        return self._opened_at is not None

    def succeeded(self) -> None:
        self._in_a_row, self._opened_at = 0, None

    def failed(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self.failures:
            self._opened_at = self.now()


@dataclass(frozen=True)
class Handler(Generic[E]):
    """What is called with each event of a topic.

    `missed` is called with how many events went by, because the queue overflowed or the breaker was open, before the
    next one is handled.
    """

    name: str
    handle: Callable[[E], Awaitable[None]]
    missed: Callable[[int], None]
    timeout_seconds: float = 1.0
    breaker: HandlerBreaker = field(default_factory=HandlerBreaker)

    async def run(self, bus: EventBus, topic: Topic[E], *, capacity: int = CAPACITY) -> None:
        """Handles events until the bus is drained."""
        went_by = 0
        try:
            with bus.subscribe(topic, capacity=capacity, silent_seconds=float("inf")) as subscription:
                while True:
                    taken = await subscription.take()
                    went_by += taken.missed if taken else 0
                    for event in taken.events if taken else ():
                        if not self.breaker.passes:
                            went_by += 1
                            continue
                        if went_by:
                            self.missed(went_by)
                            went_by = 0
                        await self._call(event)
        except BusClosed:
            if went_by:
                self.missed(went_by)

    async def _call(self, event: E) -> None:
        try:
            async with asyncio.timeout(self.timeout_seconds):
                await self.handle(event)
        except Exception as error:  # noqa: BLE001  # an edge: one handler's failure must not reach the bus or the others
            figures.HANDLER_FAILURES.labels(self.name).inc()
            if not self.breaker.open:
                _log.warning("a handler of the bus failed", extra={"handler": self.name}, exc_info=error)
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        figures.HANDLER_OPEN.labels(self.name).set(self.breaker.open)
