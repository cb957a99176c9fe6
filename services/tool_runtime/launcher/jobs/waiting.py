"""The jobs that wait for a runner, shared out fairly: each tenant in turn, within a tenant the oldest first."""

from collections import Counter, OrderedDict
from collections.abc import Collection
from itertools import count

from foundation.domain.ids import TenantId
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.open_jobs import OpenJob

_REMEMBERED_TENANTS = 10_000


class WaitingJobs:
    """One queue a tenant: next comes who runs least, and among equals who was served longest ago."""

    def __init__(self) -> None:
        self._queues: dict[TenantId, OrderedDict[OpenJob, None]] = {}
        # Kept when a tenant's queue is empty, else one that always waits with a single job would always come first.
        self._served: OrderedDict[TenantId, int] = OrderedDict()
        self._turns = count(1)

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._queues.values())

    def of(self, tenant_id: TenantId) -> int:
        """How many jobs of one tenant wait."""
        return len(self._queues.get(tenant_id, ()))

    def add(self, entry: OpenJob) -> None:
        self._queues.setdefault(entry.job.tenant_id, OrderedDict())[entry] = None

    def discard(self, entry: OpenJob) -> None:
        tenant_id = entry.job.tenant_id
        queue = self._queues.get(tenant_id)
        if queue is not None:
            queue.pop(entry, None)
            if not queue:
                del self._queues[tenant_id]

    def first(
        self, running: Collection[OpenJob], profiles: Collection[SandboxProfile] = tuple(SandboxProfile)
    ) -> OpenJob | None:
        """The job that runs next, seen what runs now and which kinds of runners are there; None when none waits."""
        firsts = {
            tenant_id: entry
            for tenant_id, queue in self._queues.items()
            if (entry := next((one for one in queue if one.profile in profiles), None)) is not None
        }
        if not firsts:
            return None
        busy = Counter[TenantId]()
        for entry in running:
            busy[entry.job.tenant_id] += entry.shares
        return firsts[min(firsts, key=lambda tenant: (busy[tenant], self._served.get(tenant, 0)))]

    def take(self, entry: OpenJob) -> None:
        """Takes out a job that runs now: its tenant was served."""
        tenant_id = entry.job.tenant_id
        self.discard(entry)
        self._served[tenant_id] = next(self._turns)
        self._served.move_to_end(tenant_id)
        if len(self._served) > _REMEMBERED_TENANTS:
            self._served.popitem(last=False)
