"""Tasks in memory: nothing runs, a test says what becomes of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from foundation.cloud.container_tasks.base import MOST_SEEN, TaskSeen
from foundation.domain.errors import DependencyUnavailable, LockstepError


@dataclass
class FakeTasks:
    """`away` makes every call fail as when ECS cannot be reached; `refuses` is raised by each start."""

    away: bool = False
    refuses: LockstepError | None = None
    environments: dict[str, Mapping[str, str]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Tasks that a look does not find, though they run: new ones, for some seconds."""
    _tasks: dict[str, TaskSeen] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    async def check(self) -> None:
        self._answer()
        if self.refuses is not None:
            raise self.refuses

    async def run(self, environment: Mapping[str, str], *, key: str) -> str:
        await self.check()
        if key not in self._keys:
            task_id = self._keys[key] = f"task-{len(self._tasks) + 1}"
            self._tasks[task_id] = TaskSeen(task_id, datetime.now(UTC), has_stopped=False)
            self.environments[task_id] = dict(environment)
        return self._keys[key]

    async def look(self, ids: Sequence[str]) -> dict[str, TaskSeen]:
        self._answer()
        return {one: self._tasks[one] for one in ids[:MOST_SEEN] if one in self._tasks and one not in self.unknown}

    async def stop(self, task_id: str, why: str) -> None:
        self._answer()
        if task_id in self._tasks and not self._tasks[task_id].has_stopped:
            self.end(task_id, why=why)

    async def running(self) -> list[TaskSeen]:
        self._answer()
        return [task for task in self._tasks.values() if not task.has_stopped]

    def end(self, task_id: str, *, exit_code: int | None = None, why: str = "", is_taken_back: bool = False) -> None:
        """What became of it."""
        self._tasks[task_id] = replace(
            self._tasks[task_id], has_stopped=True, exit_code=exit_code, why=why, is_taken_back=is_taken_back
        )

    def age(self, task_id: str, started_at: datetime) -> None:
        """Have it started at another time."""
        self._tasks[task_id] = replace(self._tasks[task_id], started_at=started_at)

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("these tasks are away")
