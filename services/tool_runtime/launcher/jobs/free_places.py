"""What is free of a launcher's places, and for whose next job."""

from collections import Counter
from collections.abc import Iterable

from foundation.domain.ids import TenantId
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.jobs.places import WHOLE


class FreePlaces:
    """So many shares for all, and one place beside them for a tenant of which no job runs."""

    def __init__(self, shares: int, running: Iterable[OpenJob] = ()) -> None:
        self._shares = shares
        self._left = shares
        self._busy = Counter[TenantId]()
        for entry in running:
            self.take(entry)

    def is_first(self, entry: OpenJob) -> bool:
        """Whether its tenant has no job that runs."""
        return not self._busy[entry.job.tenant_id]

    def has_place_for(self, entry: OpenJob) -> bool:
        """A heavy first job has the place beside the others to itself, although it takes more than one."""
        taken = self._taken_by(entry)
        return min(taken, WHOLE) <= self._left + WHOLE if self.is_first(entry) else taken <= self._left

    def take(self, entry: OpenJob) -> None:
        self._left -= self._taken_by(entry)
        self._busy[entry.job.tenant_id] += 1

    def _taken_by(self, entry: OpenJob) -> int:
        return min(entry.shares, self._shares)
