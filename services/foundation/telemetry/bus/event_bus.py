"""Publish and subscribe inside one process, bounded in memory and in the publisher's time.

Nothing here is kept: an event that overflows, or that is published while the process ends, is gone. So it carries only
what wakes or counts; whatever must not be lost is a row in PostgreSQL, which a subscriber reads anew when it missed
something.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from foundation.telemetry.bus import figures
from foundation.telemetry.bus.subscription import BusClosed, SubscriberSilent, Subscription

E = TypeVar("E")

CAPACITY = 64
SILENT_SECONDS = 60.0


@dataclass(frozen=True)
class Topic(Generic[E]):
    """What is published under it: the `kind` is a label of the figures, `of` tells one subject from another."""

    kind: str
    of: Hashable = None


class EventBus:
    """One process's bus. All of it runs in one event loop; publish from elsewhere with `call_soon_threadsafe`."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._subscriptions: dict[Topic[Any], list[Subscription[Any]]] = defaultdict(list)
        self._closed = False

    @property
    def topics(self) -> list[Topic[Any]]:
        """The topics that somebody listens to."""
        return list(self._subscriptions)

    @contextmanager
    def subscribe(
        self, *topics: Topic[E], capacity: int = CAPACITY, silent_seconds: float = SILENT_SECONDS
    ) -> Iterator[Subscription[E]]:
        """Events of these topics from now on, in one queue. `BusClosed` when the bus is being drained."""
        if self._closed:
            raise BusClosed
        subscription = Subscription[E](capacity, silent_seconds=silent_seconds, now=self._now)
        for topic in topics:
            self._subscriptions[topic].append(subscription)
            figures.SUBSCRIBERS.labels(topic.kind).inc()
        try:
            yield subscription
        finally:
            for topic in topics:
                self._remove(topic, subscription)

    def publish(self, topic: Topic[E], event: E) -> None:
        """Gives the event to all who listen, without waiting for any of them; once drained, to nobody."""
        figures.PUBLISHED.labels(topic.kind).inc()
        for subscription in tuple(self._subscriptions.get(topic, ())):
            if dropped := subscription.put(event):
                figures.MISSED.labels(topic.kind).inc(dropped)
            if subscription.silent:
                figures.SILENT.labels(topic.kind).inc()
                subscription.end(SubscriberSilent())
                self._remove(topic, subscription)

    async def publish_patiently(self, topic: Topic[E], event: E, *, patience_seconds: float) -> None:
        """Publishes; before, it waits for those without room, for all of them together no longer than this."""
        full = [one for one in self._subscriptions.get(topic, ()) if one.full]
        if full:
            await _all(Subscription.room, full, seconds=patience_seconds)
        self.publish(topic, event)

    async def drain(self, *, seconds: float) -> None:
        """Ends all subscriptions, and returns when what waits in them has been taken, or after so many seconds."""
        self._closed = True
        ending = [(topic, one) for topic, all_of in self._subscriptions.items() for one in all_of]
        for _, subscription in ending:
            subscription.end(BusClosed())
        await _all(Subscription.emptied, [subscription for _, subscription in ending], seconds=seconds)
        for topic, subscription in ending:
            self._remove(topic, subscription)

    def _remove(self, topic: Topic[Any], subscription: Subscription[Any]) -> None:
        listening = self._subscriptions.get(topic, [])
        if subscription in listening:
            listening.remove(subscription)
            figures.SUBSCRIBERS.labels(topic.kind).dec()
        if not listening:
            self._subscriptions.pop(topic, None)


async def _all(
    wait: Callable[[Subscription[Any]], Awaitable[None]], subscriptions: Iterable[Subscription[Any]], *, seconds: float
) -> None:
    """Waits for the same of each, for all of them together at most so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for subscription in subscriptions:
                group.create_task(_of(wait, subscription))


async def _of(wait: Callable[[Subscription[Any]], Awaitable[None]], subscription: Subscription[Any]) -> None:
    await wait(subscription)
