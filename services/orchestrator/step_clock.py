"""The time that a held step has: it stands while everything that the step does waits for a place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

COLLECT_SECONDS = 12.0
"""How long what was stopped for its time may take to hand out what it had."""

OnStand = Callable[[bool], Awaitable[None]]
"""Writes down that the clock stands (True) or goes on (False)."""


class StepClock:
    """One dispatch's clock. A step that waits only because others are served uses none of its own time."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._timeout: asyncio.Timeout | None = None
        self._calls = 0
        self._waiting = 0
        self._collecting = 0
        self._standing = False
        self._written = False
        self._order = asyncio.Lock()

    @property
    def seconds_left(self) -> float:
        """Seconds until the step's time is over, if it went on from now."""
        when = self._timeout.when() if self._timeout is not None else None
        if when is None:
            return self._left
        return max(when - asyncio.get_running_loop().time() - self._lenience, 0.0)

    @property
    def is_over(self) -> bool:
        return self.seconds_left <= 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` when the time is over."""
        async with asyncio.timeout(self._left) as self._timeout:
            yield

    @asynccontextmanager
    async def call(self, on_stand: OnStand) -> AsyncIterator["ClockedCall"]:
        """One call that may have to wait for a place. The clock stands while every open call of the step waits."""
        call = ClockedCall(self, on_stand)
        self._calls += 1
        try:
            yield call
        finally:
            self._calls -= 1
            call.leave()
            self._set()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """For work that ends by itself when the step's time is over: it may then hand out what it had."""
        self._lenient(1)
        try:
            yield
        finally:
            self._lenient(-1)

    @property
    def _lenience(self) -> float:
        return COLLECT_SECONDS if self._collecting else 0.0

    def _lenient(self, change: int) -> None:
        left = self.seconds_left
        self._collecting += change
        if self._timeout is not None and not self._timeout.expired() and not self._standing:
            self._timeout.reschedule(asyncio.get_running_loop().time() + left + self._lenience)

    def waits(self, change: int) -> None:
        """Counts a call that waits, or no longer does."""
        self._waiting += change
        self._set()

    def _set(self) -> None:
        standing = self._calls > 0 and self._waiting == self._calls
        if standing != self._standing and self._timeout is not None:
            self._left = self.seconds_left
            self._standing = standing
            if not self._timeout.expired():
                until = asyncio.get_running_loop().time() + self._left + self._lenience
                self._timeout.reschedule(None if standing else until)

    async def written(self, on_stand: OnStand) -> None:
        """Writes the clock's state down where it has changed, each change after the one before it."""
        async with self._order:
            if self._written != self._standing:
                self._written = self._standing
                await on_stand(self._standing)


class ClockedCall:
    """One call's share in its step's clock."""

    def __init__(self, clock: StepClock, on_stand: OnStand) -> None:
        self._clock = clock
        self._on_stand = on_stand
        self._waits = False

    async def wait(self) -> None:
        """The call waits for a place."""
        if not self._waits:
            self._waits = True
            self._clock.waits(1)
            await self._clock.written(self._on_stand)

    async def go_on(self) -> None:
        """The call has its place."""
        self.leave()
        await self._clock.written(self._on_stand)

    def leave(self) -> None:
        """The call is over, wherever it was."""
        if self._waits:
            self._waits = False
            self._clock.waits(-1)
