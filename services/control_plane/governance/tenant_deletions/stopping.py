"""Has everything end that a tenant has under way, before anything of it is removed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from foundation.domain.failures import Failure, FailureCode
from foundation.domain.ids import RunId, TenantId
from foundation.storage.leaving import deletions, exports
from foundation.storage.limits import kill_switches
from foundation.storage.limits.tenant_limits import GATEWAYS_KNOW_SECONDS
from foundation.storage.people import tenants
from foundation.storage.session.database import Database
from foundation.workflow import endings, run_control

_REASON = "the tenant is being deleted"
_BY = "system:deletions"
_RUNS_AT_ONCE = 200
_CLOCKS = timedelta(seconds=5)
"""How far the clocks of this process and of PostgreSQL may be apart, and how long a call takes that was let in."""
_KNOWN_AFTER = timedelta(seconds=GATEWAYS_KNOW_SECONDS) + _CLOCKS


@dataclass
class Stopping:
    """Suspends the tenant, engages its kill switch, cancels its runs, and says what still has to be waited for."""

    database: Database
    forget_callers: Callable[[TenantId], None]
    """Drops what this process remembers of who may call; others forget within a minute."""
    clock_outside: bool
    """Whether schedules are known to a clock outside, which has to be told that they are gone."""

    async def what_remains(self, tenant_id: TenantId, *, now: datetime) -> str | None:
        """None when nothing is under way any more; may be asked again and again."""
        async with self.database.tenant(tenant_id) as tx:
            tenant = await tenants.get(tx, tenant_id, lock=True)
            if tenant is not None:
                if tenant.suspended_at is None:
                    await tenants.suspend(tx, tenant_id, reason=_REASON)
                await kill_switches.engage(tx, tenant_id, reason=_REASON, by=_BY)
                tenant = await tenants.get(tx, tenant_id)
            await exports.end_all(tx, tenant_id, now=now, error=_REASON)
            await deletions.retire_schedules(tx, tenant_id)
            open_runs = [RunId(one) for one in await deletions.open_runs(tx, tenant_id, most=_RUNS_AT_ONCE)]
        self.forget_callers(tenant_id)
        for run_id in open_runs:
            await self._cancel(tenant_id, run_id)
        async with self.database.tenant(tenant_id) as tx:
            left = await deletions.unfinished(tx, tenant_id)
            held = await exports.held(tx, tenant_id, as_of=now)
        if left["runs"]:
            return f"{left['runs']} open runs"
        if left["effects"]:
            return f"{left['effects']} messages about ended runs that have not gone out yet"
        if self.clock_outside and left["schedules"]:
            return f"{left['schedules']} schedules that the clock outside has to forget"
        if held:
            return f"{held} exports that are being made, until who makes them lets go of them or is held for dead"
        if tenant is not None and tenant.suspended_at is not None and now < tenant.suspended_at + _KNOWN_AFTER:
            return "gateways that do not know yet that the tenant is suspended"
        return None

    async def _cancel(self, tenant_id: TenantId, run_id: RunId) -> None:
        async with self.database.tenant(tenant_id) as tx:
            run = await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
            if run is not None and not run.status.is_terminal:
                await endings.cancel(tx, run, failure=Failure(FailureCode.CANCELLED, _REASON, retryable=False))
