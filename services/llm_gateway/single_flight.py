"""Work that many callers want at the same moment is done once, and all of them get its answer."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from foundation.telemetry.logs import logger

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")

_log = logger(__name__)


class SingleFlight(Generic[Key, Answer]):
    """At most one piece of work a key at a time; the next caller after its end starts it again."""

    def __init__(self) -> None:
        self._running: dict[Key, asyncio.Task[Answer]] = {}

    def start(self, key: Key, work: Callable[[], Coroutine[Any, Any, Answer]]) -> asyncio.Task[Answer]:
        """The task that does the work of a key, started if none runs."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work())
            task.add_done_callback(lambda ended: self._forget(key, ended))
        return task

    async def join(self, key: Key, work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer of a key's work; a caller that is cancelled does not end the work for the others."""
        return await asyncio.shield(self.start(key, work))

    def _forget(self, key: Key, ended: asyncio.Task[Answer]) -> None:
        del self._running[key]
        # asking for the exception keeps asyncio from reporting it where every caller has left
        if not ended.cancelled() and (error := ended.exception()) is not None:
            _log.debug("work for several callers failed", exc_info=error)
