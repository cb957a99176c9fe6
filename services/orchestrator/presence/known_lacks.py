"""Asks the launcher now and then what it cannot run, so that the API can tell of it before a task names it."""

import asyncio
from collections.abc import Awaitable, Callable

from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.logs import logger

_log = logger(__name__)
EVERY_SECONDS = 30.0

LacksOf = Callable[[], Awaitable[RuntimeLacks]]
"""Raises `DependencyUnavailable`."""


class KnownLacks:
    """As the launcher answered last; of one that does not answer nothing is known, and nothing is said."""

    def __init__(self, ask: LacksOf, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._ask = ask
        self._every_seconds = every_seconds
        self._known = RuntimeLacks()

    def now(self) -> RuntimeLacks:
        return self._known

    async def run(self) -> None:
        """Keeps asking until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> None:
        try:
            self._known = await self._ask()
        except DependencyUnavailable as error:
            self._known = RuntimeLacks()
            _log.debug("the launcher does not say what it lacks", extra={"error": error.detail})
