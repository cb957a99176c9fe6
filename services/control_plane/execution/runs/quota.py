"""Whether one more run may be open, or begin today: asked before a run is started, forked or opened again."""

from control_plane.identity.callers import ApiCaller
from control_plane.requests.kill_switch_guard import require_no_kill_switch
from foundation.domain.errors import QuotaExceeded
from foundation.domain.policy.quotas import Quota, QuotaScope
from foundation.storage.execution import runs
from foundation.storage.limits import quotas
from foundation.storage.limits.quotas import QuotaRules
from foundation.storage.session.database import Transaction


async def require_room(tx: Transaction, caller: ApiCaller, *, max_open: int) -> QuotaRules:
    """What holds for the tenant, of which no other transaction makes use until this one has ended.

    `KillSwitchEngaged` while a switch stops the tenant; `QuotaExceeded` when it has as many open runs as it may have,
    which are `max_open` at most.
    """
    await require_no_kill_switch(tx, caller.tenant_id)
    await quotas.hold_starts(tx, caller.tenant_id)
    rules = await quotas.read_rules(tx, caller.tenant_id)
    limit = rules.limit(QuotaScope.TENANT, Quota.OPEN_RUNS, of_platform=max_open)
    if limit.most is not None and await runs.count_open(tx, caller.tenant_id) >= limit.most:
        remedy = f"wait for some to end; {limit.set_by.raised_by()}" if limit.set_by else None
        detail = f"the tenant has {limit.most} open runs, and may have no more"
        raise QuotaExceeded(detail, remedy=remedy, retry_after=10)
    return rules


async def require_start(tx: Transaction, caller: ApiCaller, *, max_open: int) -> QuotaRules:
    """The same for a run that is new, which counts towards its day; `QuotaUsedUp` when no more may begin today."""
    rules = await require_room(tx, caller, max_open=max_open)
    await quotas.require_left(tx, caller.tenant_id, rules, Quota.RUNS_A_DAY, user_id=caller.user_id)
    return rules


async def count_start(tx: Transaction, caller: ApiCaller, rules: QuotaRules) -> None:
    """A run that `require_start` let through was made."""
    await quotas.count(tx, caller.tenant_id, rules, Quota.RUNS_A_DAY, user_id=caller.user_id)
