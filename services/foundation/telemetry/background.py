"""Work beside a process's calls: tasks whose failure is logged, and loops that outlast what they depend on.

A task that nobody awaits fails in silence, and Python may collect it while it runs; so whatever starts one keeps it
here.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from foundation.domain.errors import LockstepError
from foundation.telemetry.logs import logger

Loop = Callable[[], Awaitable[None]]
"""Runs until it is cancelled."""

_CANCEL_AGAIN_SECONDS = 1.0

_log = logger(__name__)


def utc_now() -> datetime:
    """The clock of loops that tests give another one."""
    return datetime.now(UTC)


async def cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Ends these tasks, and returns when they have ended, however they did."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        # again after a moment, since a time-out that ends at the same instant may swallow a cancellation
        _, pending = await asyncio.wait(pending, timeout=_CANCEL_AGAIN_SECONDS)


class TaskSet:
    """Tasks that run beside their starter; one that fails is logged as an error and forgotten."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, object], *, name: str | None = None) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def wait(self) -> None:
        """Returns when none runs, those included that were started meanwhile."""
        while self._running:
            await asyncio.wait(self._running)

    async def cancel(self) -> None:
        """Ends all of them and waits until they have ended."""
        await cancelled(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("a background task failed", extra={"task": task.get_name()}, exc_info=task.exception())


class VitalTasks:
    """Tasks without which a process is only half alive: when one ends by itself, the process is asked to stop."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in reversed(self._tasks):
            await cancelled([task])

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """`work` runs until the context is left, which cancels it."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_stop_process)
        self._tasks.append(task)


async def tolerating(errors: tuple[type[Exception], ...], work: Callable[[], Awaitable[object]]) -> bool:
    """Whether `work` says that it has more to do; not where it fails of one of these, which is logged at DEBUG."""
    try:
        return bool(await work())
    except errors as error:
        _log.debug("background work waits for what it depends on", exc_info=error)
        return False


@dataclass(slots=True)
class Attended:
    """How the work for one of several went."""

    failed: bool = False


@contextmanager
def going_on(waiting: str) -> Iterator[Attended]:
    """Around what is done for one of several that were found: whatever breaks it keeps none behind it waiting.

    `waiting` says what has to wait, where it waits for what it depends on; anything else is a fault, and logged as one.
    """
    attended = Attended()
    try:
        yield attended
    except (LockstepError, OSError) as error:
        attended.failed = True
        _log.warning(waiting, exc_info=error)
    except Exception:  # noqa: BLE001  # the edge of one tenant's work: the others' goes on
        attended.failed = True
        _log.exception("what was found cannot be attended to, by a fault of ours")


def every(
    seconds: float,
    work: Callable[[], Awaitable[object]],
    *,
    tolerate: tuple[type[Exception], ...] = (),
    busy_seconds: float | None = None,
) -> Loop:
    """A loop that does `work`, then waits `seconds`; errors of `tolerate` are logged at DEBUG and waited out.

    With `busy_seconds` it waits only so long after work that says (by what it gives) that there is more to do.
    """

    async def run() -> None:
        while True:
            is_busy = await tolerating(tolerate, work)
            await asyncio.sleep(busy_seconds if is_busy and busy_seconds is not None else seconds)

    return run


async def begun_again(loop: Loop, *, pause_seconds: float = 1.0) -> None:
    """Runs a loop that must not break: when it fails unexpectedly the failure is logged, and the loop begins again.

    One that returns has ended of itself, as those do that listen to a bus which is drained: it is over.
    """
    while True:
        try:
            await loop()
            return
        except Exception:  # noqa: BLE001  # a process's edge: the loop matters more than what broke it once
            _log.exception("a background loop failed and begins again")
            await asyncio.sleep(pause_seconds)


def _stop_process(task: asyncio.Task[None]) -> None:
    if task.cancelled():
        return
    _log.critical(
        "a vital task ended; stopping the process", extra={"task": task.get_name()}, exc_info=task.exception()
    )
    os.kill(os.getpid(), signal.SIGTERM)
