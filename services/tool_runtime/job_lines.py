"""Tells what a job prints while it runs: line by line, seldom, and no more than anybody would read."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from foundation.contracts.accepted.shown_text import without_marks
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
    """One job's lines on their way to `tell`, without what would command a terminal. Longer lines are cut.

    A line that is written again and again over itself (a bar of progress, by U+000D) is told as it stands each time
    that something is told.

    Of more than are told at once the last ones are told, since they say how it goes or what went wrong; the others are
    counted.
    """

    tell: Callable[[ToldLines], Awaitable[None]]
    pause_seconds: float = PAUSE_SECONDS
    begins_after: float = 0
    """Seconds; of a job that has ended by then nothing is told."""
    _unfinished: bytes = b""
    _written_over: bytes = b""
    _told_over: bytes = b""
    _waiting: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_LINES))
    _left_out: int = 0
    _told: int = 0
    _something: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, data: bytes) -> None:
        """Bytes as the job writes them."""
        *whole, rest = (self._unfinished + data).split(b"\n")
        for line in whole:
            self._take(_last_written(line))
        over = _last_written(rest[: rest.rfind(b"\r") + 1])
        # Of a line that never ends no more is kept than is told.
        begun = rest[rest.rfind(b"\r") + 1 :][: 4 * MAX_LINE]
        self._unfinished = (over + b"\r" if over else b"") + begun
        if over:
            self._written_over = over
            self._something.set()

    def _take(self, line: bytes) -> None:
        is_told, self._told_over = line == self._told_over, b""
        text = without_marks(clean_text(line.decode("utf-8", "replace"))).strip()
        if not text or is_told:
            return
        self._left_out += len(self._waiting) == MAX_LINES
        self._waiting.append(text if len(text) <= MAX_LINE else text[: MAX_LINE - len(_CUT)] + _CUT)
        self._something.set()

    def _take_written_over(self) -> None:
        """The line that is being written over, as it stands, once: its end is told when it is another one."""
        over, self._written_over = self._written_over, b""
        if over and self._unfinished.startswith(over + b"\r"):
            self._take(over)
            self._told_over = over

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Tells while the block runs, and at its end what is left; nothing of a block that ends before it begins to."""
        self._ended.clear()
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._take(_last_written(self._unfinished))
            self._unfinished = self._written_over = b""
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
        self._take_written_over()
        self._something.clear()
        waiting, left_out = tuple(self._waiting), self._left_out
        self._waiting.clear()
        self._left_out = 0
        # Once so many were told, all that comes is only counted.
        lines = waiting[len(waiting) - min(len(waiting), MAX_LINES_TOLD - self._told) :]
        self._told += len(lines)
        if left_out or waiting:
            await self.tell(ToldLines(lines=lines, left_out=left_out + len(waiting) - len(lines)))


def _last_written(line: bytes) -> bytes:
    """What a terminal shows of a line in the end: what stands behind the last U+000D that something follows."""
    return line.rstrip(b"\r").rpartition(b"\r")[2][: 4 * MAX_LINE]
