"""Sums up all counters of one bucket from rows of the ledger and open holds."""

from uuid import UUID

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import TenantId
from foundation.storage.ledger.llm_events import (
    CommittedByAncestor,
    CommittedByCaller,
    CommittedByStep,
    RunState,
    StepFence,
)
from foundation.storage.ledger.rolling_spend import SliceSum
from llm_gateway.budget.redis import keys
from llm_gateway.budget.totals.redis_holds import RedisHold
from llm_gateway.budget.totals.scope_totals import ScopeTotals


class BucketTotals:
    """The totals of one bucket's scopes, to which rows of the ledger and open holds are added one by one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.scopes = ScopeTotals()
        self.settled_holds: list[str] = []
        """Holds that are still in Redis although the ledger has their events."""

    def add_caller(self, row: CommittedByCaller) -> None:
        amount = row.amount
        callers = {ScopeKind.TENANT: row.tenant_id, ScopeKind.USER: row.user_id, ScopeKind.KEY: row.api_key_id}
        for kind, scope_id in callers.items():
            if scope_id is not None:
                self.scopes.commit_on(self._key(row.tenant_id, kind, scope_id), row.day, amount)

    def add_step(self, row: CommittedByStep) -> None:
        amount = row.amount
        self.scopes.commit(self._key(row.tenant_id, ScopeKind.RUN, row.run_id), amount)
        self.scopes.commit(self._key(row.tenant_id, ScopeKind.STEP, row.step_id), amount)

    def add_ancestor(self, row: CommittedByAncestor) -> None:
        self.scopes.commit(self._key(row.tenant_id, ScopeKind.RUN, row.run_id), row.amount)

    def add_slice(self, row: SliceSum) -> None:
        key = self._key(row.tenant_id, ScopeKind(row.scope), row.scope_id)
        self.scopes.commit_in_slice(key, row.width_ms, row.slice, row.amount)

    def add_run(self, row: RunState) -> None:
        key = self._key(row.tenant_id, ScopeKind.RUN, row.run_id)
        self.scopes.mark(key, "generation", row.generation)
        if row.ended:
            self.scopes.mark(key, "closed", row.generation)

    def add_fence(self, row: StepFence) -> None:
        self.scopes.mark(self._key(row.tenant_id, ScopeKind.STEP, row.step_id), "fence", row.fence)

    def add_hold(self, hold: RedisHold, *, recorded: bool) -> None:
        if recorded:
            self.settled_holds.append(str(hold.identity))
            return
        for key, windowed in hold.scopes:
            self.scopes.hold(key, hold.amount, day=hold.day if windowed else None)

    def _key(self, tenant_id: TenantId, kind: ScopeKind, scope_id: UUID) -> str:
        return keys.scope(self.number, tenant_id, kind, scope_id)
