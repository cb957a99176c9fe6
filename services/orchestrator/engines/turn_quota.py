"""Counts the turns of agents and crews towards the day's quota of their tenant and of whoever pays for the run."""

from foundation.domain.policy.quotas import Quota, QuotaUsedUp
from foundation.domain.states import StepKind
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.limits import quotas
from foundation.storage.session.database import Transaction

_COUNTED = frozenset({StepKind.AGENT, StepKind.CREW})
"""Kinds whose turns nobody has counted beforehand: an `llm` step has one."""


async def count_turn(tx: Transaction, claim: StepClaim) -> None:
    """In the transaction that stores a new turn's request, and last in it: a turn that is sent again counts once.

    `BudgetExceeded` of the scope whose quota is used up, so that the run is paused as by a budget that is spent.
    """
    if claim.kind not in _COUNTED:
        return
    tenant_id, quota = claim.dispatch.tenant_id, Quota.AGENT_TURNS_A_DAY
    rules = await quotas.read_rules(tx, tenant_id)
    try:
        await quotas.count(tx, tenant_id, rules, quota, user_id=claim.payer.user_id)
    except QuotaUsedUp as error:
        raise error.as_spent_budget() from error
