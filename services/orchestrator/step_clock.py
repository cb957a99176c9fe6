"""The time that a held step has: it stands while everything that the step does waits for a place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

OnStand = Callable[[bool], Awaitable[None]]
"""Writes down that the clock stands (True) or goes on (False)."""


class StepClock:
    """One dispatch's clock. A step that waits only because others are served uses none of its own time."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._timeout: asyncio.Timeout | None = None
        self._calls = 0
        self._waiting = 0
        self._standing = False
        self._written = False
        self._order = asyncio.Lock()

    @property
    def seconds_left(self) -> float:
        """Seconds until the step's time is over, if it went on from now."""
        when = self._timeout.when() if self._timeout is not None else None
        return self._left if when is None else max(when - asyncio.get_running_loop().time(), 0.0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` when the time is over."""
        async with asyncio.timeout(self._left) as self._timeout:
            yield

    @asynccontextmanager
    async def call(self, on_stand: OnStand) -> AsyncIterator["Call"]:
        """One call that may have to wait for a place. The clock stands while every open call of the step waits."""
        call = Call(self, on_stand)
        self._calls += 1
        try:
            yield call
        finally:
            self._calls -= 1
            call.leave()
            self._set()

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
                self._timeout.reschedule(None if standing else asyncio.get_running_loop().time() + self._left)

    async def written(self, on_stand: OnStand) -> None:
        """Writes the clock's state down where it has changed, each change after the one before it."""
        async with self._order:
            if self._written != self._standing:
                self._written = self._standing
                await on_stand(self._standing)


class Call:
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
