"""Reads from the ledger what was spent in a rolling window that Redis has not counted before."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from foundation.domain.ids import TenantId
from llm_gateway.budget.limits.backfill import Backfill
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.limits.tenant_limits import TenantLimitsCache
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BackfillNeeded
from llm_gateway.budget.store import BudgetStore
from llm_gateway.single_flight import SingleFlight

_LOOK_SECONDS = 0.05


class BackfillReader:
    """Reads the ledger once for each window that begins to be counted, however many calls wait for it."""

    def __init__(self, store: BudgetStore, limits: TenantLimitsCache) -> None:
        self._store = store
        self._limits = limits
        self._reads: SingleFlight[tuple[TenantId, UUID, int], Backfill] = SingleFlight()

    async def read(
        self, tenant_id: TenantId, scopes: Sequence[LimitedScope], needed: BackfillNeeded
    ) -> dict[int, Backfill]:
        """The sums that the reservation must bring along, by the number of the scope."""
        return {
            number: await self._join_read(tenant_id, scopes[number], since_ms)
            for number, since_ms in needed.since_ms.items()
        }

    async def _join_read(self, tenant_id: TenantId, scope: LimitedScope, since_ms: int) -> Backfill:
        return await self._reads.join(
            (tenant_id, scope.scope_id, since_ms), lambda: self._read(tenant_id, scope, since_ms)
        )

    async def _read(self, tenant_id: TenantId, scope: LimitedScope, since_ms: int) -> Backfill:
        if scope.rolling is None:
            raise ValueError(f"the {scope.kind} has no rolling limit")
        # What was committed up to that moment is in the ledger once its stream entries are gone; Redis counts the rest.
        while not await self._store.is_recorded_until(keys.bucket_of(tenant_id), since_ms):  # noqa: ASYNC110  # a ledger writer, here or elsewhere
            await asyncio.sleep(_LOOK_SECONDS)
        return await self._limits.read_spent(tenant_id, scope, scope.rolling, until_ms=since_ms)
