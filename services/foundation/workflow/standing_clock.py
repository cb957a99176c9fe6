"""Lets the run's clock stand while everything that could run waits for a person, or for a run that stands itself."""

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def set_clock(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Stops or starts the clock of a running run by what its steps wait for; the run's row must be locked.

    It must be locked by a statement before this one: two transactions that each end one of the last two running steps
    would otherwise both see the other's step running, and neither would stop the clock. The runs above follow, each
    locked after the one below it.
    """
    changed = await tx.execute(
        text(
            """UPDATE runs r
               SET awaits_approval = seen.some_await,
                   clock_used = r.clock_used
                       + CASE WHEN seen.all_await THEN GREATEST(COALESCE(now() - r.clock_since, '0'), '0')
                              ELSE '0' END,
                   clock_since = CASE WHEN seen.all_await THEN NULL ELSE COALESCE(r.clock_since, now()) END
               FROM (SELECT COALESCE(bool_or(awaits), false) AS some_await,
                            COALESCE(bool_and(awaits), false) AS all_await
                     FROM (SELECT s.status = 'OUTCOME_UNKNOWN' OR s.status = 'WAITING' AND (
                                      s.wait_reason IS NOT DISTINCT FROM 'approval'
                                      OR (s.wait_reason IS NOT DISTINCT FROM 'run' AND EXISTS (
                                          SELECT FROM runs b
                                          WHERE b.tenant_id = s.tenant_id AND b.parent_step_id = s.step_id
                                            AND b.ended_at IS NULL AND b.started_at IS NOT NULL
                                            AND b.clock_since IS NULL))) AS awaits
                           FROM steps s
                           WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.ended_at IS NULL
                             AND s.unmet_needs = 0 AND s.wait_reason IS DISTINCT FROM 'items') runnable) seen
               WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id AND r.status = 'RUNNING'
                 AND r.started_at IS NOT NULL
               RETURNING r.parent_run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    await set_clock_above(tx, tenant_id, changed.scalar_one_or_none())


async def set_clock_above(tx: Transaction, tenant_id: TenantId, parent: RunId | None) -> None:
    """Sets the clock of the run above one whose own clock has been stopped or started; nothing where there is none."""
    if parent is None:
        return
    await tx.execute(
        text("SELECT 1 FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id FOR UPDATE"),
        {"tenant_id": tenant_id, "run_id": parent},
    )
    await set_clock(tx, tenant_id, parent)
