"""Keeps connections alive while a provider is silent, by comments in streams that got nothing for a while."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from llm_gateway.streaming.outlet import Outlet


class Heartbeat:
    """It looks over all streams at intervals, which costs less than a timer for each chunk."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._outlets: set[Outlet] = set()

    @property
    def seconds(self) -> float:
        return self._seconds

    @contextmanager
    def over(self, outlet: Outlet) -> Iterator[None]:
        self._outlets.add(outlet)
        try:
            yield
        finally:
            self._outlets.discard(outlet)

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._seconds / 3)
            silent_since = loop.time() - self._seconds
            for outlet in self._outlets:
                if outlet.last_put <= silent_since:
                    outlet.keep_alive()
