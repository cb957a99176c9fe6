"""A worker's slots, shared out by tenant: no tenant's backlog can take them all."""

from collections import Counter
from collections.abc import Collection
from itertools import count

from foundation.domain.ids import TenantId


class Shares:
    """Counts who has how many slots.

    A quarter of the slots is kept from any one tenant, so that another tenant's first step is taken at once. The last
    free slot is kept for steps that wait or come: a tenant whose steps free further ones would else hold on to a full
    worker.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._of_one_tenant = max(slots - max(slots // 4, 1), 1)
        self._held: Counter[TenantId] = Counter()
        self._services = count(1)
        self._last_served: dict[TenantId, int] = {}

    @property
    def free(self) -> int:
        return self._slots - self._held.total()

    @property
    def idle(self) -> bool:
        """Whether no step has any of the slots."""
        return not self._held

    def admit(self, tenant_id: TenantId) -> bool:
        """Takes a slot for a step; False when none is free or the tenant has its share already."""
        if self.free <= 0 or self._held[tenant_id] >= self._of_one_tenant:
            return False
        self._held[tenant_id] += 1
        return True

    def in_turn(self, waiting: Collection[TenantId]) -> list[TenantId]:
        """Those that wait: who has the fewest slots first, and among equals who was served longest ago."""
        self._last_served = {one: served for one, served in self._last_served.items() if one in waiting}
        return sorted(waiting, key=lambda one: (self._held[one], self._last_served.get(one, 0), one))

    def mark_served(self, tenant_id: TenantId) -> None:
        """One of the tenant's waiting steps got a slot."""
        self._last_served[tenant_id] = next(self._services)

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
