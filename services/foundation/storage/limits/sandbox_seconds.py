"""Seconds of sandboxes: a job's bound is counted before it starts, and what it did not take is given back at its end.

A job whose end nobody has seen stays at its bound, and so does each start of it but the last: what was counted is never
less than what was taken, whichever process dies.
"""

from foundation.domain.ids import JobId
from foundation.domain.policy.quotas import Quota, QuotaUsedUp
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.limits import quotas
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def hold(tx: Transaction, claim: StepClaim, job_id: JobId, *, seconds: int) -> None:
    """Counts the bound of a job's next start, last in its transaction.

    `BudgetExceeded` when the day has not as much left, so that the run is paused as by a budget that is spent.
    """
    tenant_id, user_id = claim.dispatch.tenant_id, claim.payer.user_id
    rules = await quotas.read_rules(tx, tenant_id)
    await tx.execute(
        text(
            """UPDATE tool_events SET held_seconds = :seconds, held_day = :day
               WHERE tenant_id = :tenant_id AND job_id = :job_id"""
        ),
        {"tenant_id": tenant_id, "job_id": job_id, "seconds": seconds, "day": rules.today.day},
    )
    try:
        await quotas.count(tx, tenant_id, rules, Quota.SANDBOX_SECONDS_A_DAY, user_id=user_id, amount=seconds)
    except QuotaUsedUp as error:
        raise error.as_spent_budget() from error


async def settle(tx: Transaction, claim: StepClaim, job_id: JobId, *, seconds: int) -> None:
    """Gives back what the job's last start did not take of its bound, once, on the day that it was counted."""
    await tx.execute(
        text(
            """WITH job AS (
                   SELECT held_seconds - LEAST(held_seconds, CAST(:seconds AS int)) AS left_over, held_day
                   FROM tool_events WHERE tenant_id = :tenant_id AND job_id = :job_id AND held_seconds > 0
                   FOR UPDATE),
               settled AS (
                   UPDATE tool_events SET held_seconds = 0
                   WHERE tenant_id = :tenant_id AND job_id = :job_id AND EXISTS (SELECT FROM job))
               UPDATE quota_counts c SET used = c.used - job.left_over FROM job
               WHERE c.tenant_id = :tenant_id AND c.day = job.held_day AND c.quota = :quota AND job.left_over > 0
                 AND (c.scope = 'tenant' OR (c.scope = 'user' AND c.scope_id = :user_id))"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "job_id": job_id,
            "seconds": seconds,
            "user_id": claim.payer.user_id,
            "quota": Quota.SANDBOX_SECONDS_A_DAY.value,
        },
    )
