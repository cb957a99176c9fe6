"""Keeps as many runners of one kind as the open jobs need, plus some that wait, and knows when one is gone.

How many wait goes by how fast jobs of the kind arrive and how long a runner takes to start. A runner that ends before
it took a lease is a failure to start: the next try waits longer, and jobs that wait for it are told why. One that ends
with a lease but without a result has lost its job.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from foundation.domain.errors import DependencyUnavailable, SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.runners.base import Probe, Runner, RunnerStarter, RunnerStartError
from tool_runtime.protocol import EXIT_NO_SANDBOX

FAILURES_BEFORE_REFUSING = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 30.0
WEIGHT_OF_ONE_START = 0.2
"""How much the newest start counts in what is taken for the usual time of one."""

_log = logger(__name__)


@dataclass(eq=False, slots=True)
class Place:
    """A runner's place: its kind, its one-time token, its process, its job, and whether it ever asked for one."""

    profile: SandboxProfile
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    runner: Runner | None = None
    job: OpenJob | None = None
    came_up: bool = False
    began: float = field(default_factory=monotonic)


@dataclass(frozen=True, slots=True)
class Spares:
    """How many runners of one kind wait, at least and at most; how many there may be of all kinds together."""

    least: int
    most: int
    room: Callable[[], int]


class RunnerPool:
    """`fill` whenever the board has changed, `review` now and then; `close` kills what is left."""

    def __init__(
        self, profile: SandboxProfile, starter: RunnerStarter, board: JobBoard, probe: Probe, spares: Spares
    ) -> None:
        self._profile = profile
        self._starter = starter
        self._board = board
        self._probe = probe
        self._spares = spares
        self._start_seconds = starter.usual_start_seconds
        self._places: dict[Place, asyncio.Task[None]] = {}
        self._tasks = TaskSet()
        self._failures = 0
        self._pause: asyncio.TimerHandle | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._places)

    def find(self, token: str) -> Place | None:
        """The place with this worker token, if it has not had its lease: its runner is up and asks."""
        place = next((p for p in self._places if p.job is None and secrets.compare_digest(p.token, token)), None)
        if place is not None:
            if not place.came_up:
                seconds = monotonic() - place.began
                self._start_seconds += (seconds - self._start_seconds) * WEIGHT_OF_ONE_START
            place.came_up, self._failures = True, 0
        return place

    def holds(self, place: Place) -> bool:
        """Whether the place's runner is still there."""
        return place in self._places

    async def close(self) -> None:
        self._closed = True
        if self._pause:
            self._pause.cancel()
        await asyncio.gather(*(place.runner.kill() for place in list(self._places) if place.runner is not None))
        await asyncio.gather(*self._places.values(), return_exceptions=True)

    def fill(self) -> None:
        """Starts the runners that are missing."""
        if self._closed or self._pause is not None:
            return
        missing = self._board.demand[self._profile] + self._wanted_spares() - len(self._places)
        for _ in range(min(missing, self._spares.room())):
            place = Place(self._profile)
            self._places[place] = self._tasks.start(self._tend(place), name=f"runner {place.name}")

    def review(self) -> None:
        """Ends runners that wait and are not needed any more, now that fewer jobs arrive."""
        waiting = [place for place in self._places if self._board.is_idle(place.name)]
        for place in waiting[: max(0, len(waiting) - self._wanted_spares() - self._board.demand[self._profile])]:
            # From here on no job can come to it.
            self._board.forget_idle(place.name)
            if place.runner is not None:
                self._tasks.start(place.runner.kill(), name=f"end {place.name}")

    def _wanted_spares(self) -> int:
        arrivals = self._board.arrivals[self._profile]
        return arrivals.waiting_for(self._start_seconds, least=self._spares.least, most=self._spares.most)

    async def _tend(self, place: Place) -> None:
        code, trouble = None, ""
        try:
            place.runner = await self._starter.start(place.token, self._profile)
            code = await place.runner.wait()
            trouble = place.runner.trouble or f"the runner ended with code {code}"
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
        said = {"profile": self._profile, "reason": trouble, "failures": self._failures, "pause": seconds}
        _log.warning("a runner did not start", extra=said)
        if self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(seconds, self._resume)
        if code == EXIT_NO_SANDBOX:
            self._probe.forget()
            try:
                await self._probe.check()
            except SandboxUnavailable as error:
                reason, remedy = error.detail, error.remedy
                self._board.refuse_waiting(self._profile, lambda: SandboxUnavailable(reason, remedy=remedy))
        if self._failures >= FAILURES_BEFORE_REFUSING:
            self._board.refuse_waiting(
                self._profile, lambda: DependencyUnavailable(f"no runner starts: {trouble}", retry_after=seconds)
            )

    def _resume(self) -> None:
        self._pause = None
        self._board.changed.set()
