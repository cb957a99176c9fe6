"""Keeps as many runners as the open jobs need, plus a few that wait, and knows when one is gone.

A runner that ends before it took a lease is a failure to start: the next try waits longer, and jobs that wait for it
are told why. A runner that ends with a lease but without a result has lost its job.
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from foundation.domain.errors import DependencyUnavailable, SandboxUnavailable
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from tool_runtime.launcher import metrics
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.runners.base import Runner, RunnerStarter, RunnerStartError
from tool_runtime.protocol import EXIT_NO_SANDBOX
from tool_runtime.sandbox.probe import SandboxProbe

FAILURES_BEFORE_REFUSING = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 30.0

_log = logger(__name__)


@dataclass(eq=False, slots=True)
class Place:
    """A runner's place: its one-time token, its process, its job, and whether it ever asked for one."""

    name: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    runner: Runner | None = None
    job: OpenJob | None = None
    came_up: bool = False


class RunnerPool:
    """`run` until cancelled; `close` kills what is left."""

    def __init__(self, starter: RunnerStarter, board: JobBoard, probe: SandboxProbe, *, spare: int) -> None:
        self._starter = starter
        self._board = board
        self._probe = probe
        self._spare = spare
        self._places: dict[Place, asyncio.Task[None]] = {}
        self._tasks = TaskSet()
        self._failures = 0
        self._pause: asyncio.TimerHandle | None = None
        self._closed = False

    async def run(self) -> None:
        while True:
            self._fill()
            await self._board.changed.wait()
            self._board.changed.clear()

    def find(self, token: str) -> Place | None:
        """The place with this worker token, if it has not had its lease: its runner is up and asks."""
        place = next((p for p in self._places if p.job is None and secrets.compare_digest(p.token, token)), None)
        if place is not None:
            place.came_up, self._failures = True, 0
        return place

    def holds(self, place: Place) -> bool:
        """Whether the place's runner is still there."""
        return place in self._places

    async def close(self) -> None:
        self._closed = True
        if self._pause:
            self._pause.cancel()
        for place in list(self._places):
            if place.runner is not None:
                await place.runner.kill()
        await asyncio.gather(*self._places.values(), return_exceptions=True)

    def _fill(self) -> None:
        if self._closed or self._pause is not None:
            return
        for _ in range(self._board.demand + self._spare - len(self._places)):
            place = Place()
            self._places[place] = self._tasks.start(self._tend(place), name=f"runner {place.name}")
        metrics.RUNNERS.set(len(self._places))

    async def _tend(self, place: Place) -> None:
        code, trouble = None, ""
        try:
            place.runner = await self._starter.start(place.token)
            code = await place.runner.wait()
            trouble = f"the runner ended with code {code}"
        except RunnerStartError as error:
            trouble = str(error)
        finally:
            del self._places[place]
            self._board.forget_idle(place.name)
        if place.job is not None and not place.job.answer.done():
            _log.warning("runner lost", extra={"job_id": str(place.job.job.job_id), "exit_code": code})
            self._board.lose(place.job, f"{trouble} before the job had a result")
        elif not place.came_up and not self._closed:
            await self._could_not_start(code, trouble)
        self._board.changed.set()

    async def _could_not_start(self, code: int | None, trouble: str) -> None:
        self._failures += 1
        seconds = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
        _log.error("a runner did not start", extra={"reason": trouble, "failures": self._failures, "pause": seconds})
        if self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(seconds, self._resume)
        if code == EXIT_NO_SANDBOX:
            self._probe.forget()
            try:
                await self._probe.check()
            except SandboxUnavailable as error:
                reason, remedy = error.detail, error.remedy
                self._board.refuse_waiting(lambda: SandboxUnavailable(reason, remedy=remedy))
        if self._failures >= FAILURES_BEFORE_REFUSING:
            self._board.refuse_waiting(
                lambda: DependencyUnavailable(f"no runner starts: {trouble}", retry_after=seconds)
            )

    def _resume(self) -> None:
        self._pause = None
        self._board.changed.set()
