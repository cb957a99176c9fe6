"""A time-out that is put off with every chunk by one assignment, which asyncio's own cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Until:
    """When the block ends; move it by assigning to `due`."""

    def __init__(self, due: float, *, idle: float, limit: asyncio.Timeout) -> None:
        self.due = due
        self._idle = idle
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def look(self) -> None:
        now = self._loop.time()
        if self.due <= now:
            self._limit.reschedule(now)
        else:
            self._timer = self._loop.call_at(min(self.due, now + self._idle), self.look)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


@asynccontextmanager
async def idle_limit(due: float, *, idle: float) -> AsyncIterator[Until]:
    """Ends its block with `TimeoutError` when `due` is over.

    asyncio's own time-outs set a new timer for each new end. Here one timer looks again and again, at least each `idle`
    seconds: an end that was moved closer than that may be noticed so much too late.
    """
    async with asyncio.timeout(None) as limit:
        until = Until(due, idle=idle, limit=limit)
        until.look()
        try:
            yield until
        finally:
            until.stop()
