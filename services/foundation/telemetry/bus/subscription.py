"""One subscriber's bounded queue."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")


class BusClosed(Exception):
    """The bus has been drained; nothing more comes."""


class SubscriberSilent(Exception):
    """The subscriber took nothing for too long, and has been cut off."""


@dataclass(frozen=True)
class TakenEvents(Generic[E]):
    """What a subscriber took, in order; before these events it `missed` as many as this says."""

    events: tuple[E, ...]
    missed: int = 0


class Subscription(Generic[E]):
    """Holds at most `capacity` events. One more, and all that wait are dropped and counted as missed.

    Dropping all rather than the newest keeps what is taken afterwards without a hole in it: the subscriber hears once
    that it missed something, reads the truth anew, and goes on from there.
    """

    def __init__(self, capacity: int, *, silent_seconds: float, now: Callable[[], float]) -> None:
        if capacity < 1:
            raise ValueError("a subscriber needs room for one event at least")
        self._capacity = capacity
        self._silent_seconds = silent_seconds
        self._now = now
        self._waiting: deque[E] = deque()
        self._missed = 0
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._taken_at = now()
        self._end: BusClosed | SubscriberSilent | None = None

    @property
    def full(self) -> bool:
        return len(self._waiting) >= self._capacity

    @property
    def waiting(self) -> int:
        """How many events have not been taken yet."""
        return len(self._waiting)

    @property
    def silent(self) -> bool:
        """Whether something has waited for it for longer than it may."""
        return bool(self._waiting or self._missed) and self._now() - self._taken_at > self._silent_seconds

    def put(self, event: E) -> int:
        """Adds an event without waiting; returns how many were dropped for want of room, this one included."""
        if not self._waiting and not self._missed:
            self._taken_at = self._now()  # silence is counted from when there is something to take
        dropped = 0
        if self.full:
            dropped = len(self._waiting) + 1
            self._waiting.clear()
            self._missed += dropped
            self._room.set()
        else:
            self._waiting.append(event)
            if len(self._waiting) == self._capacity:
                self._room.clear()
        self._emptied.clear()
        self._something.set()
        return dropped

    async def room(self) -> None:
        """Returns when an event would fit."""
        await self._room.wait()

    async def emptied(self) -> None:
        """Returns when all has been taken."""
        await self._emptied.wait()

    def end(self, reason: BusClosed | SubscriberSilent) -> None:
        """Nothing more comes; what waits can still be taken after `BusClosed`, and is gone after `SubscriberSilent`."""
        self._end = self._end or reason
        if isinstance(reason, SubscriberSilent):
            self._waiting.clear()
            self._emptied.set()
        self._room.set()
        self._something.set()

    async def take(self, *, timeout_seconds: float | None = None) -> TakenEvents[E] | None:
        """All that waits, once there is something; None after the time-out.

        Raises `SubscriberSilent`, or `BusClosed` once all has been taken.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._something.wait()
        except TimeoutError:
            return None
        if isinstance(self._end, SubscriberSilent) or (self._end and not (self._waiting or self._missed)):
            raise self._end
        taken = TakenEvents(tuple(self._waiting), self._missed)
        self._waiting.clear()
        self._missed = 0
        self._taken_at = self._now()
        self._room.set()
        self._emptied.set()
        if self._end is None:
            self._something.clear()
        return taken
