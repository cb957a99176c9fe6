"""The clock of a held step. It is stopped while every open call of the step waits for a slot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

COLLECT_SECONDS = 12.0
"""Seconds beyond the step's deadline in which a job that was stopped at it may return its files; sweepers leave a live
holder 15. Within the step's time a job may take as long as something moves: `tool_runtime.sandbox.collecting`."""

OnClockChange = Callable[[bool], Awaitable[None]]
"""Stores that the clock is stopped (True) or runs (False)."""


class StepClock:
    """One dispatch's clock. Time that a step only waits, because others are served, does not count as its own."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._timeout: asyncio.Timeout | None = None
        self._calls = 0
        self._waiting = 0
        self._collecting = 0
        self._stopped = False
        self._stored_state = False
        self._order = asyncio.Lock()

    @property
    def seconds_left(self) -> float:
        """Seconds until the step's time is over, if it went on from now."""
        when = self._timeout.when() if self._timeout is not None else None
        if when is None:
            return self._left
        return max(when - asyncio.get_running_loop().time() - self._grace_seconds, 0.0)

    @property
    def is_over(self) -> bool:
        return self.seconds_left <= 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises `TimeoutError` when the time is over."""
        async with asyncio.timeout(self._left) as self._timeout:
            yield

    @asynccontextmanager
    async def call(self, on_change: OnClockChange) -> AsyncIterator["ClockedCall"]:
        """One call that may have to wait for a slot. The clock is stopped while every open call of the step waits."""
        call = ClockedCall(self, on_change)
        self._calls += 1
        try:
            yield call
        finally:
            self._calls -= 1
            call.leave()
            self._stop_or_start()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Gives work that ends itself at the step's deadline `COLLECT_SECONDS` more, to hand out its output."""
        self._count_collecting(1)
        try:
            yield
        finally:
            self._count_collecting(-1)

    @property
    def _grace_seconds(self) -> float:
        return COLLECT_SECONDS if self._collecting else 0.0

    def _count_collecting(self, change: int) -> None:
        left = self.seconds_left
        self._collecting += change
        if self._timeout is not None and not self._timeout.expired() and not self._stopped:
            self._timeout.reschedule(asyncio.get_running_loop().time() + left + self._grace_seconds)

    def count_waiting(self, change: int) -> None:
        """Counts a call that starts to wait (1) or no longer waits (-1)."""
        self._waiting += change
        self._stop_or_start()

    def _stop_or_start(self) -> None:
        stopped = self._calls > 0 and self._waiting == self._calls
        if stopped != self._stopped and self._timeout is not None:
            self._left = self.seconds_left
            self._stopped = stopped
            if not self._timeout.expired():
                until = asyncio.get_running_loop().time() + self._left + self._grace_seconds
                self._timeout.reschedule(None if stopped else until)

    async def store_change(self, on_change: OnClockChange) -> None:
        """Has the clock's state stored if it has changed; the lock keeps changes in their order."""
        async with self._order:
            if self._stored_state != self._stopped:
                self._stored_state = self._stopped
                await on_change(self._stopped)


class ClockedCall:
    """One call's share in its step's clock."""

    def __init__(self, clock: StepClock, on_change: OnClockChange) -> None:
        self._clock = clock
        self._on_change = on_change
        self._waits = False

    async def wait(self) -> None:
        """The call starts to wait for a slot."""
        if not self._waits:
            self._waits = True
            self._clock.count_waiting(1)
            await self._clock.store_change(self._on_change)

    async def go_on(self) -> None:
        """The call has its slot."""
        self.leave()
        await self._clock.store_change(self._on_change)

    def leave(self) -> None:
        """The call is over, whether it waited or ran."""
        if self._waits:
            self._waits = False
            self._clock.count_waiting(-1)
