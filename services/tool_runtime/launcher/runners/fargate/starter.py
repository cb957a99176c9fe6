"""Starts a task for each runner, watches all of them together, and finds those that nobody waits for any more."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from foundation.cloud.container_tasks.base import MOST_SEEN, ContainerTasks, NoCapacity, TaskRefused, TaskSeen
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import new_uuid
from foundation.domain.tools import SandboxProfile
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from tool_runtime.launcher import metrics
from tool_runtime.launcher.runners.base import RunnerStartError

LOOK_SECONDS = 2.0
SWEEP_SECONDS = 60.0
START_TRIES = 4
UNKNOWN_SECONDS = 60.0
"""For so long a task that was started may not be found by a look."""

_log = logger(__name__)


@dataclass(eq=False, slots=True)
class FargateRunner:
    """One task, ended when a look says so."""

    task_id: str
    tasks: ContainerTasks
    started_at: datetime
    ended: asyncio.Future[int | None]
    trouble: str = ""

    async def wait(self) -> int | None:
        return await asyncio.shield(self.ended)

    async def kill(self) -> None:
        """Have it stopped. It counts as ended from then on: nobody knows its token, and what it hands in is refused."""
        if self.ended.done():
            return
        self.trouble = "the launcher stopped its task"
        try:
            await self.tasks.stop(self.task_id, "the launcher has no use for it any more")
        except DependencyUnavailable as error:
            _log.warning("a task could not be stopped; it ends by itself", extra={"reason": error.detail})
        if not self.ended.done():
            self.ended.set_result(None)


@dataclass
class FargateRunners:
    """Starts runners that find the launcher at `launcher_url`; `close` lets go of what watches them.

    A task that outlives `longest_seconds`, which is more than a runner may wait and work, is nobody's and is stopped:
    its launcher ended before it, or its start was never answered.
    """

    tasks: ContainerTasks
    launcher_url: str
    longest_seconds: float
    idle_seconds: float
    egress: str
    log_level: str = "INFO"
    look_seconds: float = LOOK_SECONDS
    sweep_seconds: float = SWEEP_SECONDS
    pause: Callable[[int], float] = lambda tried: random.uniform(0, 2.0**tried)  # noqa: S311  (spreads load)
    usual_start_seconds: float = 60.0
    most_runners: int = 200
    _known: dict[str, FargateRunner] = field(default_factory=dict)
    _background: TaskSet = field(default_factory=TaskSet)
    _watches: bool = False

    async def start(self, token: str, profile: SandboxProfile) -> FargateRunner:
        """Tries again where there is no room, with a pause that grows and varies."""
        key = str(new_uuid())
        for tried in range(START_TRIES):
            try:
                task_id = await self.tasks.run(self._environment(token, profile), key=key)
                break
            except TaskRefused as error:
                raise RunnerStartError(f"{error.detail} ({error.remedy})") from error
            except DependencyUnavailable as error:
                metrics.TASK_START_FAILURES.labels("capacity" if isinstance(error, NoCapacity) else "away").inc()
                if tried + 1 == START_TRIES:
                    raise RunnerStartError(error.detail) from error
                await asyncio.sleep(self.pause(tried))
        runner = FargateRunner(task_id, self.tasks, datetime.now(UTC), asyncio.get_running_loop().create_future())
        self._known[task_id] = runner
        runner.ended.add_done_callback(lambda _: self._known.pop(task_id, None))
        self._begin_watching()
        return runner

    async def close(self) -> None:
        await self._background.cancel()

    def _environment(self, token: str, profile: SandboxProfile) -> dict[str, str]:
        return {
            "LOCKSTEP_RUNNER_BACKEND": "task",
            "LOCKSTEP_RUNNER_LAUNCHER_URL": self.launcher_url,
            "LOCKSTEP_RUNNER_TOKEN": token,
            "LOCKSTEP_RUNNER_PROFILE": profile.value,
            "LOCKSTEP_RUNNER_IDLE_SECONDS": str(self.idle_seconds),
            "LOCKSTEP_RUNNER_EGRESS": self.egress,
            "LOCKSTEP_RUNNER_LOG_LEVEL": self.log_level,
        }

    def _begin_watching(self) -> None:
        if not self._watches:
            self._watches = True
            self._background.start(self._watch(), name="watch tasks")
            self._background.start(self._sweep(), name="sweep tasks")

    async def _watch(self) -> None:
        """Look at all known tasks, a hundred at a time, until cancelled."""
        while True:
            await asyncio.sleep(self.look_seconds)
            ids = list(self._known)
            for first in range(0, len(ids), MOST_SEEN):
                asked = ids[first : first + MOST_SEEN]
                try:
                    seen = await self.tasks.look(asked)
                except DependencyUnavailable as error:
                    _log.warning("tasks cannot be looked at", extra={"reason": error.detail})
                    break
                for runner in [self._known[one] for one in asked if one in self._known]:
                    _take_in(runner, seen.get(runner.task_id))

    async def _sweep(self) -> None:
        """Stop tasks of ours that no runner here is and that are older than any runner may be, until cancelled.

        Younger ones may be another launcher's, which is being replaced by this one; a task whose launcher is gone ends
        when it asks, since nobody knows its token.
        """
        while True:
            await asyncio.sleep(self.sweep_seconds)
            oldest = datetime.now(UTC) - timedelta(seconds=self.longest_seconds)
            try:
                for task in await self.tasks.running():
                    if task.started_at < oldest:
                        metrics.TASKS_ORPHANED.inc()
                        _log.warning("a task outlived every runner and is stopped", extra={"task_id": task.id})
                        await self.tasks.stop(task.id, "it outlived every runner")
            except DependencyUnavailable as error:
                _log.warning("tasks cannot be listed", extra={"reason": error.detail})


def _take_in(runner: FargateRunner, seen: TaskSeen | None) -> None:
    """What a look says of one; a new task is not known everywhere at once."""
    if seen is None:
        if datetime.now(UTC) - runner.started_at < timedelta(seconds=UNKNOWN_SECONDS):
            return
        runner.trouble = "ECS does not know its task any more"
    elif not seen.has_stopped:
        return
    elif seen.is_taken_back:
        runner.trouble = f"the spot capacity of its task was taken back ({seen.why})"
    else:
        runner.trouble = f"its task stopped with code {seen.exit_code} ({seen.why or 'no reason is told'})"
    if not runner.ended.done():
        runner.ended.set_result(None if seen is None else seen.exit_code)
