"""What a launcher of tasks has in place of a sandbox that it builds to see whether it can."""

import asyncio
import time

from foundation.cloud.container_tasks.base import ContainerTasks
from foundation.domain.errors import LockstepError, SandboxUnavailable

GOOD_SECONDS, BAD_SECONDS = 60.0, 2.0


class TasksProbe:
    """Whether tasks can be started, found out by asking ECS; remembered for a minute when all is well."""

    def __init__(self, tasks: ContainerTasks) -> None:
        self._tasks = tasks
        self._busy = asyncio.Lock()
        self._until = 0.0
        self._failure: LockstepError | None = None

    def forget(self) -> None:
        """Ask again the next time: somebody met a failure."""
        self._until = 0.0

    async def check(self) -> None:
        """Raises `SandboxUnavailable` with the reason."""
        async with self._busy:
            if time.monotonic() >= self._until:
                self._failure = await self._try()
                self._until = time.monotonic() + (BAD_SECONDS if self._failure else GOOD_SECONDS)
        if self._failure is not None:
            raise SandboxUnavailable(self._failure.detail, remedy=self._failure.remedy)

    async def _try(self) -> LockstepError | None:
        try:
            await self._tasks.check()
        except LockstepError as error:
            return error
        return None
