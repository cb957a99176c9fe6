"""Tasks that live as long as their app; one that dies takes the process with it, rather than leaving it half alive."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from foundation.telemetry.logs import logger

_log = logger(__name__)


class Background:
    """Starts tasks on entry's behalf and cancels them in reverse on leaving."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """`work` runs until it is cancelled; if it ends by itself the process is asked to stop, for a restart."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_ended)
        self._tasks.append(task)


def _ended(task: asyncio.Task[None]) -> None:
    if task.cancelled():
        return
    _log.critical(
        "a background task ended; stopping the process", extra={"task": task.get_name()}, exc_info=task.exception()
    )
    os.kill(os.getpid(), signal.SIGTERM)
