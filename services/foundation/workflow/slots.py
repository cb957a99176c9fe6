"""Steps that could run but wait for a slot: of a worker, before they are claimed, or of the tool runtime, while held.

Such a wait does not count as the step's own time. Its clock is stopped: the time that is left is kept in `clock_left`,
and the step has no deadline until it goes on.
"""

from sqlalchemy import text

from foundation.domain.ids import TenantId
from foundation.storage.execution.dispatches import StepClaim, StepDispatch
from foundation.storage.session.database import Transaction

_STOP_CLOCK = """wait_reason = 'slot', waiting_since = COALESCE(waiting_since, now()),
            clock_left = COALESCE(EXTRACT(EPOCH FROM deadline_at - now()), clock_left), deadline_at = NULL"""


async def park(tx: Transaction, dispatch: StepDispatch) -> bool:
    """Lets a step that could run wait for its tenant's share, with its token on the row; False when it cannot run now.

    A step that was to be tried again counts that attempt here, as its claim will not find it RETRYING any more.
    """
    row = await tx.execute(
        text(
            f"""UPDATE steps s SET status = 'WAITING', task_token = :task_token, retry_at = NULL,
                    attempt = s.attempt + CASE WHEN s.status = 'RETRYING' THEN 1 ELSE 0 END, {_STOP_CLOCK}
                FROM runs r
                WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND s.generation = :generation
                  AND s.tick = :tick AND s.unmet_needs = 0 AND s.status IN ('QUEUED', 'WAITING', 'RETRYING')
                  AND r.tenant_id = s.tenant_id AND r.run_id = s.run_id AND r.status = 'RUNNING'
                RETURNING 1"""  # noqa: S608 - the part is a constant of this file
        ),
        {
            "tenant_id": dispatch.tenant_id,
            "step_id": dispatch.step_id,
            "generation": dispatch.generation,
            "tick": dispatch.tick,
            "task_token": dispatch.task_token,
        },
    )
    return row.first() is not None


async def wake(tx: Transaction, tenant_id: TenantId, *, most: int) -> list[StepDispatch]:
    """Ends the wait of the tenant's `most` longest waiting steps; the caller must enqueue each of them."""
    rows = await tx.execute(
        text(
            # Materialized, because a plan may run a subquery once for each row, which then locks more than its LIMIT.
            """WITH longest AS MATERIALIZED (
                   SELECT w.tenant_id, w.step_id, w.waiting_since FROM steps w JOIN runs r USING (tenant_id, run_id)
                   WHERE w.tenant_id = :tenant_id AND w.status = 'WAITING' AND w.wait_reason = 'slot'
                     AND w.task_token IS NOT NULL AND r.status = 'RUNNING'
                   ORDER BY w.waiting_since, w.step_id LIMIT :most FOR UPDATE OF w SKIP LOCKED),
               woken AS (
                   UPDATE steps s SET status = 'QUEUED', wait_reason = NULL, waiting_since = NULL
                   FROM longest l WHERE s.tenant_id = l.tenant_id AND s.step_id = l.step_id
                   RETURNING s.run_id, s.step_id, s.generation, s.tick, s.task_token, l.waiting_since)
               SELECT * FROM woken ORDER BY waiting_since, step_id"""
        ),
        {"tenant_id": tenant_id, "most": most},
    )
    return [StepDispatch(tenant_id, row.run_id, row.step_id, row.generation, row.tick, row.task_token) for row in rows]


async def tenants_waiting(tx: Transaction, *, seconds: float, limit: int = 100) -> list[TenantId]:
    """Tenants with a step that has waited so long for a slot, across tenants: a worker that died did not wake it."""
    rows = await tx.execute(
        text(
            """SELECT DISTINCT tenant_id FROM steps
               WHERE status = 'WAITING' AND wait_reason = 'slot' AND waiting_since < now() - :seconds * interval '1 s'
               LIMIT :limit"""
        ),
        {"seconds": seconds, "limit": limit},
    )
    return [row.tenant_id for row in rows]


async def write_clock(tx: Transaction, claim: StepClaim, *, stopped: bool) -> None:
    """Stops a held step's clock, or starts it with the time that was left; nothing when another holder has the step."""
    changed = (
        _STOP_CLOCK
        if stopped
        else """wait_reason = NULL, waiting_since = NULL,
                deadline_at = COALESCE(deadline_at, now() + clock_left * interval '1 second'), clock_left = NULL"""
    )
    await tx.execute(
        text(
            f"""UPDATE steps SET {changed}
                WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence
                  AND status = 'RUNNING'"""  # noqa: S608 - both are constants of this file
        ),
        {"tenant_id": claim.dispatch.tenant_id, "step_id": claim.dispatch.step_id, "fence": claim.fence},
    )
