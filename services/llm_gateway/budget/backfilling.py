"""Brings what the ledger has of a rolling window to Redis, when nothing there has counted the window yet."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from llm_gateway.budget.limits.backfill import Backfill
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.limits.tenant_limits import TenantLimitsCache
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BackfillNeeded
from llm_gateway.budget.store import BudgetStore

_LOOK_SECONDS = 0.05


class BackfillReader:
    """One look into the ledger a beginning, however many calls wait for it."""

    def __init__(self, store: BudgetStore, limits: TenantLimitsCache) -> None:
        self._store = store
        self._limits = limits
        self._under_way: dict[tuple[UUID, UUID, int], asyncio.Task[Backfill]] = {}

    async def seeds(
        self, tenant_id: UUID, scopes: Sequence[LimitedScope], asked: BackfillNeeded
    ) -> dict[int, Backfill]:
        """What the reservation is to bring along, by the number of the scope."""
        return {
            number: await self._seed(tenant_id, scopes[number], since_ms) for number, since_ms in asked.since_ms.items()
        }

    async def _seed(self, tenant_id: UUID, scope: LimitedScope, since_ms: int) -> Backfill:
        about = (tenant_id, scope.scope_id, since_ms)
        task = self._under_way.get(about)
        if task is None:
            task = self._under_way[about] = asyncio.ensure_future(self._read(tenant_id, scope, since_ms))
            task.add_done_callback(lambda _: self._under_way.pop(about, None))
        return await asyncio.shield(task)

    async def _read(self, tenant_id: UUID, scope: LimitedScope, since_ms: int) -> Backfill:
        if scope.rolling is None:
            raise ValueError(f"the {scope.kind} has no rolling limit")
        # what was committed by then is in the ledger once its stream entries are gone; what came after, Redis counts
        while not await self._store.is_recorded_until(keys.bucket_of(tenant_id), since_ms):  # noqa: ASYNC110  # a recorder, here or elsewhere
            await asyncio.sleep(_LOOK_SECONDS)
        return await self._limits.spent(tenant_id, scope, scope.rolling, until_ms=since_ms)
