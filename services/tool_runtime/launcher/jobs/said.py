"""What one job has printed so far, for whoever waits for it; of what nobody has read by then little is kept."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from foundation.contracts.tool_job import MAX_LINES

_KEPT = 4 * MAX_LINES


@dataclass(eq=False)
class Said:
    """The last lines, counted from the job's first one; those that were let go count as left out."""

    _lines: deque[str] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _count: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, lines: Sequence[str], *, left_out: int) -> None:
        """Further lines, before which so many are missing."""
        if left_out:
            self._lines.clear()
        self._lines.extend(lines)
        self._count += left_out + len(lines)
        self._more.set()
        self._more = asyncio.Event()

    @property
    def count(self) -> int:
        """Of all lines until now."""
        return self._count

    def since(self, count: int) -> tuple[tuple[str, ...], int]:
        """Some lines after the first `count`, and how many before these are not there any more."""
        missing = max(0, self._count - len(self._lines) - count)
        known = list(self._lines)[max(0, len(self._lines) - (self._count - count)) :]
        return tuple(known[:MAX_LINES]), missing

    async def more(self) -> None:
        """Returns when there are further ones."""
        await self._more.wait()
