"""Whose estimate is computed next: one at a time, since each keeps a processor busy that requests need as well."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from foundation.domain.errors import DependencyUnavailable, QuotaExceeded
from foundation.domain.ids import TenantId

MOST = 8
"""Estimates that one process computes or has wait."""
MOST_OF_TENANT = 2
"""Those of one tenant among them."""
_AGAIN_SECONDS = 5


class EstimateTurns:
    """Lets one estimate be computed at a time, and refuses one for which there is no room to wait."""

    def __init__(self) -> None:
        self._asked: Counter[TenantId] = Counter()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def one(self, tenant_id: TenantId) -> AsyncIterator[None]:
        """Waits for the turn; 429 where the tenant's own are the reason that there is no room, else 503."""
        remedy = "ask again after the time that Retry-After names"
        if self._asked[tenant_id] >= MOST_OF_TENANT:
            detail = f"{MOST_OF_TENANT} estimates of the tenant are being made, the most at once"
            raise QuotaExceeded(detail, retry_after=_AGAIN_SECONDS, remedy=remedy)
        if self._asked.total() >= MOST:
            detail = f"{MOST} estimates are being made here, the most at once"
            raise DependencyUnavailable(detail, retry_after=_AGAIN_SECONDS, remedy=remedy)
        self._asked[tenant_id] += 1
        try:
            async with self._turn:
                yield
        finally:
            self._asked[tenant_id] -= 1
            if not self._asked[tenant_id]:
                del self._asked[tenant_id]
