"""Lets the run's clock stand while everything that could run waits for an approval."""

from sqlalchemy import text

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction


async def set_clock(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Stops or starts the clock of a running run by what its steps wait for; the run's row must be locked.

    It must be locked by a statement before this one: two transactions that each end one of the last two running steps
    would otherwise both see the other's step running, and neither would stop the clock.
    """
    await tx.execute(
        text(
            """UPDATE runs r
               SET awaits_approval = seen.some_await,
                   clock_used = r.clock_used
                       + CASE WHEN seen.all_await THEN GREATEST(COALESCE(now() - r.clock_since, '0'), '0')
                              ELSE '0' END,
                   clock_since = CASE WHEN seen.all_await THEN NULL ELSE COALESCE(r.clock_since, now()) END
               FROM (SELECT COALESCE(bool_or(awaits), false) AS some_await,
                            COALESCE(bool_and(awaits), false) AS all_await
                     FROM (SELECT s.status = 'WAITING' AND s.wait_reason IS NOT DISTINCT FROM 'approval' AS awaits
                           FROM steps s
                           WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.ended_at IS NULL
                             AND s.unmet_needs = 0) runnable) seen
               WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id AND r.status = 'RUNNING'
                 AND r.started_at IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
