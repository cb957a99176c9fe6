"""Gives a call up when the service that it waits for has stopped answering anything.

A call to a model may rightly take minutes, so silence alone tells nothing. While one is open, the service is asked for
its health; a process that is frozen keeps connections and answers neither.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from orchestrator.clients.not_reached import NotReached

_log = logger(__name__)

Asked = Callable[[], Awaitable[object]]
"""Asks the service for its health; any answer will do, and only an error or silence is none."""


@dataclass(frozen=True, slots=True)
class Liveness:
    """How a service is asked while a call is open: how often, how long it may take, and how many answers may fail."""

    every_seconds: float = 10.0
    answer_seconds: float = 10.0
    missed: int = 2

    @asynccontextmanager
    async def watched(self, ask: Asked, *, name: str) -> AsyncIterator[None]:
        """The block is broken off with `NotReached` once so many questions in a row had no answer."""
        watching, has_stopped = TaskSet(), False

        async def watch(limit: asyncio.Timeout) -> None:
            nonlocal has_stopped
            in_a_row = 0
            while in_a_row < self.missed:
                await asyncio.sleep(self.every_seconds)
                in_a_row = 0 if await self._answers(ask) else in_a_row + 1
            has_stopped = True
            _log.warning("a call is given up, as the service has stopped answering", extra={"service": name})
            limit.reschedule(asyncio.get_running_loop().time())

        try:
            async with asyncio.timeout(None) as limit:
                watching.start(watch(limit), name=f"liveness of {name}")
                yield
        except TimeoutError as error:
            if not has_stopped:
                raise
            raise NotReached(f"{name} has stopped answering") from error
        finally:
            await watching.cancel()

    async def _answers(self, ask: Asked) -> bool:
        try:
            async with asyncio.timeout(self.answer_seconds):
                await ask()
        except Exception as error:  # noqa: BLE001  # whatever kept the question from being answered, it was not
            _log.debug("a service did not say how it is", exc_info=error)
            return False
        return True
