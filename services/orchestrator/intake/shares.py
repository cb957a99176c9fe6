"""A worker's slots, shared out by tenant: no tenant's backlog can take them all."""

from collections import Counter

from foundation.domain.ids import TenantId


class Shares:
    """Counts who has how many slots.

    A quarter of the slots is kept from any one tenant, so that another tenant's first step is taken at once. The last
    free slot is kept for the queue: a tenant whose steps free further steps would else hold on to a full worker.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._of_one_tenant = max(slots - max(slots // 4, 1), 1)
        self._held: Counter[TenantId] = Counter()

    @property
    def free(self) -> int:
        return self._slots - self._held.total()

    def admit(self, tenant_id: TenantId) -> bool:
        """Takes a slot for a step from the queue; False when the tenant has its share already."""
        if self._held[tenant_id] >= self._of_one_tenant:
            return False
        self._held[tenant_id] += 1
        return True

    def take(self, tenant_id: TenantId) -> None:
        """Takes a slot for a step that has been claimed already."""
        self._held[tenant_id] += 1

    def leave(self, tenant_id: TenantId) -> None:
        self._held[tenant_id] -= 1
        if self._held[tenant_id] <= 0:
            del self._held[tenant_id]

    def for_freed_steps(self, tenant_id: TenantId) -> int:
        """How many steps that one of the tenant's steps frees may be claimed with its end, which frees its slot."""
        return max(min(self.free, self._of_one_tenant - self._held[tenant_id] + 1), 0)
