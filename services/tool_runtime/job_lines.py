"""Tells what a job prints while it runs: line by line, seldom, and no more than anybody would read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from foundation.contracts.tool_job import MAX_LINE, MAX_LINES, MAX_LINES_TOLD
from foundation.telemetry.background import cancelled
from tool_runtime.protocol import ToldLines
from tool_runtime.sandbox.output import clean_text

PAUSE_SECONDS = 1.0
"""What comes meanwhile is told together."""
END_SECONDS = 2.0
_CUT = " […]"


@dataclass
class Telling:
    """One job's lines on their way to `tell`. Longer lines are cut, and those beyond a bound are counted only."""

    tell: Callable[[ToldLines], Awaitable[None]]
    pause_seconds: float = PAUSE_SECONDS
    begins_after: float = 0
    """Seconds; of a job that has ended by then nothing is told."""
    _unfinished: bytes = b""
    _waiting: list[str] = field(default_factory=list)
    _left_out: int = 0
    _told: int = 0
    _something: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, data: bytes) -> None:
        """Bytes as the job writes them."""
        *whole, rest = (self._unfinished + data).split(b"\n")
        # Of a line that never ends no more is kept than is told.
        self._unfinished = rest[: 4 * MAX_LINE]
        for line in whole:
            self._take(line)

    def _take(self, line: bytes) -> None:
        text = clean_text(line.decode("utf-8", "replace")).strip()
        if not text:
            return
        if self._told >= MAX_LINES_TOLD or len(self._waiting) >= MAX_LINES:
            self._left_out += 1
        else:
            self._told += 1
            self._waiting.append(text if len(text) <= MAX_LINE else text[: MAX_LINE - len(_CUT)] + _CUT)
        self._something.set()

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Tells while the block runs, and at its end what is left; nothing of a block that ends before it begins to."""
        self._ended.clear()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._take(self._unfinished)
            self._unfinished = b""
            self._ended.set()
            self._something.set()
            await asyncio.wait({task}, timeout=END_SECONDS)
            await cancelled([task])

    async def _run(self) -> None:
        if self.begins_after and await self._ends_within(self.begins_after):
            return
        while not self._ended.is_set():
            await self._something.wait()
            await self._flush()
            await self._ends_within(self.pause_seconds)
        await self._flush()

    async def _ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        return self._ended.is_set()

    async def _flush(self) -> None:
        """Left out are lines after those that are told now, so that they count before the next ones."""
        self._something.clear()
        lines, self._waiting = tuple(self._waiting), []
        left_out, self._left_out = self._left_out, 0
        if lines:
            await self.tell(ToldLines(lines=lines))
        if left_out:
            await self.tell(ToldLines(lines=(), left_out=left_out))
