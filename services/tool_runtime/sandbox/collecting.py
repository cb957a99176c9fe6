"""How long what a job leaves may take to come out: as long as something moves, and never without end.

What moves is what the sandbox's first process sends, and its processor time while it packs what shrinks to little. On a
busy machine both are slow, and an honest workspace needs its time; one that stands still would hold its runner for
nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

STILL_SECONDS = 10.0
"""Without anything that moves."""
COLLECT_SECONDS = 60.0
"""In all. With the inputs and the uploads it keeps within what the launcher adds to a job's time."""
_LOOK_SECONDS = 0.25


@dataclass
class Collecting:
    """`moved` is a value that differs once something has moved."""

    moved: Callable[[], object]
    wrong: Callable[[], str | None] = lambda: None
    """What must not be waited for any longer; looked at as often."""
    still_seconds: float = STILL_SECONDS
    most_seconds: float = COLLECT_SECONDS

    async def given_up(self, work: asyncio.Future[None]) -> str | None:
        """Returns when no more is waited for the work, and says why; None when it is done."""
        loop = asyncio.get_running_loop()
        began = since = loop.time()
        seen = self.moved()
        pause = min(_LOOK_SECONDS, self.still_seconds, self.most_seconds)
        while True:
            await asyncio.wait({work}, timeout=pause)
            if work.done():
                return None
            if (words := self.wrong()) is not None:
                return words
            now, found = loop.time(), self.moved()
            if found != seen:
                seen, since = found, now
            if now - began >= self.most_seconds:
                return f"its files were not collected within {self.most_seconds:.0f} s"
            if now - since >= self.still_seconds:
                return f"its files were not collected: nothing moved for {self.still_seconds:.0f} s"
