"""How many streams a process holds open, of all tenants and of each."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from control_plane.streams.figures import READERS
from foundation.domain.errors import DependencyUnavailable, QuotaExceeded
from foundation.domain.ids import TenantId

_AGAIN_SECONDS = 5


class Seats:
    """Refuses a stream for which there is no room: with 429 where the tenant's own are the reason, else with 503."""

    def __init__(self, *, most: int, most_of_tenant: int) -> None:
        self._most = most
        self._most_of_tenant = most_of_tenant
        self._taken: Counter[TenantId] = Counter()

    @property
    def taken(self) -> int:
        """How many streams are open."""
        return self._taken.total()

    @contextmanager
    def one(self, tenant_id: TenantId) -> Iterator[None]:
        if self._taken[tenant_id] >= self._most_of_tenant:
            raise QuotaExceeded(
                f"the tenant has {self._most_of_tenant} streams open here, which is the most that it may have",
                retry_after=_AGAIN_SECONDS,
                remedy="close a stream, or read several runs by the tenant's stream /events",
            )
        if self.taken >= self._most:
            raise DependencyUnavailable(
                "this process holds as many streams open as it can",
                retry_after=_AGAIN_SECONDS,
                remedy="ask again after the time that Retry-After names, or read pages",
            )
        self._taken[tenant_id] += 1
        READERS.inc()
        try:
            yield
        finally:
            READERS.dec()
            self._taken[tenant_id] -= 1
            if not self._taken[tenant_id]:
                del self._taken[tenant_id]
