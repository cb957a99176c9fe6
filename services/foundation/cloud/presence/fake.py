"""A registry in memory that forgets by the clock of the running loop."""

import asyncio
from dataclasses import dataclass, field

from foundation.contracts.presence import WorkerPresence
from foundation.domain.errors import DependencyUnavailable


@dataclass
class FakePresence:
    """`away` makes every call fail as when the registry cannot be reached."""

    away: bool = False
    _shown: dict[str, tuple[WorkerPresence, float]] = field(default_factory=dict)

    async def show(self, worker: WorkerPresence, *, seconds: float) -> None:
        self._answer()
        self._shown[worker.id] = (worker, _now() + seconds)

    async def leave(self, worker_id: str) -> None:
        self._answer()
        self._shown.pop(worker_id, None)

    async def present(self) -> list[WorkerPresence]:
        self._answer()
        self._shown = {worker_id: one for worker_id, one in self._shown.items() if one[1] > _now()}
        return [self._shown[worker_id][0] for worker_id in sorted(self._shown)]

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("this registry is away")


def _now() -> float:
    return asyncio.get_running_loop().time()
