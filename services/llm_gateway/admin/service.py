"""Closes a run to further calls, and reads what its scopes have spent."""

import asyncio
from collections.abc import Sequence

from redis.exceptions import RedisError

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.spending import ForgottenTenant, RunMoney, ScopeMoney
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.money import NOTHING
from llm_gateway.budget.redis import keys
from llm_gateway.budget.refusals import BucketClosed
from llm_gateway.budget.store import ALL_GENERATIONS, BudgetStore

_LOOKS, _LOOK_SECONDS = 10, 0.2
"""So that whoever asks has an answer within two seconds."""


class RunSpending:
    """A run's money scope, as the control plane closes and reads it."""

    def __init__(self, store: BudgetStore) -> None:
        self._store = store

    async def close_run(self, run_id: RunId, *, tenant_id: TenantId, generation: int | None) -> None:
        """Refuses the run's further calls; idempotent. `DependencyUnavailable` while Redis is away or being rebuilt."""
        try:
            await self._store.close_run(tenant_id, run_id, generation=generation or ALL_GENERATIONS)
        except (BucketClosed, RedisError) as error:
            raise DependencyUnavailable(
                "the run cannot be closed: its budgets are out of reach", retry_after=1
            ) from error

    async def forget_tenant(self, tenant_id: TenantId) -> ForgottenTenant:
        """Removes the tenant's counters once nothing is held and the ledger has what was settled.

        `DependencyUnavailable` while Redis is away, or its counters are rebuilt: whoever began that before the deletion
        would write them again.
        """
        try:
            if not await self._store.is_open(keys.bucket_of(tenant_id)):
                raise DependencyUnavailable("budgets are being counted anew", retry_after=1)
            held = (await self._store.counters(tenant_id, ScopeKind.TENANT, tenant_id)).held
            recorded = held == NOTHING and await self._is_recorded(tenant_id)
            removed = await self._store.forget_tenant(tenant_id) if recorded else 0
        except RedisError as error:
            raise DependencyUnavailable("Redis does not answer", retry_after=1) from error
        return ForgottenTenant(held=held, keys=removed, recorded=recorded)

    async def _is_recorded(self, tenant_id: TenantId) -> bool:
        """Whether the ledger has, or has soon, whatever was settled up to now."""
        bucket, until = keys.bucket_of(tenant_id), await self._store.now_ms()
        for _ in range(_LOOKS):
            if await self._store.is_recorded_until(bucket, until):
                return True
            await asyncio.sleep(_LOOK_SECONDS)
        return False

    async def read(self, run_id: RunId, *, tenant_id: TenantId, step_ids: Sequence[StepId]) -> RunMoney:
        """What the run, its tenant and these steps have committed and hold."""
        wanted = [(ScopeKind.RUN, run_id), (ScopeKind.TENANT, tenant_id), *((ScopeKind.STEP, one) for one in step_ids)]
        try:
            if not await self._store.is_open(keys.bucket_of(tenant_id)):
                raise DependencyUnavailable("budgets are being counted anew", retry_after=1)
            counters = [await self._store.counters(tenant_id, kind, scope_id) for kind, scope_id in wanted]
        except RedisError as error:
            raise DependencyUnavailable("Redis does not answer", retry_after=1) from error
        return RunMoney(
            run_id=run_id,
            scopes=[
                ScopeMoney(scope=kind.value, scope_id=scope_id, committed=one.committed, held=one.held)
                for (kind, scope_id), one in zip(wanted, counters, strict=True)
            ],
        )
