"""Finds, across tenants, steps whose holder is gone or whose time is over, and fences each within its own tenant."""

from dataclasses import dataclass

from foundation.contracts.steps.base import Retry
from foundation.domain.ids import StepId, TenantId
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

NAMED_WITHIN_SECONDS = 60
"""A step whose holder gives no sign of life any more is named as hanging within this time."""
SWEEP_SECONDS = 5
"""The longest time from one sweep of a worker to the next."""
TAKEN_BACK_SECONDS = 2 * SWEEP_SECONDS
"""How long a lapsed lease may stand where workers live: the sweep under way may have missed it, the next takes it."""
LEASE_SECONDS = 45
"""The longest that a lease lives after a renewal. With `TAKEN_BACK_SECONDS` it keeps within `NAMED_WITHIN_SECONDS`,
however shortly before its end the holder has renewed it."""

# A holder that renewed its lease after the deadline lived to see it, so that the time was the step's. Where the last
# renewal came before, nobody knows how long it had lived: its lease is waited for, and its death is no time-out.
_WAS_SEEN = "(s.lease_expires_at IS NULL OR s.lease_expires_at > s.deadline_at + :lease * interval '1 second')"


async def lapsed(tx: Transaction, *, lease_seconds: float, limit: int = 100) -> list[tuple[TenantId, StepId]]:
    """(tenant, step) of leases that ended without a result and of steps past their deadline; across tenants.

    A live holder has 15 seconds after the deadline to end its step, because a stopped tool still hands out its output.
    `lease_seconds` is how long a lease lives after each renewal.
    """
    rows = await tx.execute(
        text(
            """SELECT tenant_id, step_id FROM steps WHERE status = 'RUNNING' AND lease_expires_at < now()
               UNION
               SELECT s.tenant_id, s.step_id FROM steps s JOIN runs r USING (tenant_id, run_id)
               WHERE s.ended_at IS NULL AND r.status = 'RUNNING' AND s.deadline_at < now() - interval '2 s'
                 AND (s.lease_expires_at IS NULL OR s.deadline_at < now() - interval '15 s') AND""",
            _WAS_SEEN,
            """LIMIT :limit""",
        ),
        {"limit": limit, "lease": lease_seconds},
    )
    return [(row.tenant_id, row.step_id) for row in rows]


@dataclass(frozen=True, slots=True)
class FencedStep:
    """A step taken from a holder that is gone, before anything else is done about it."""

    lease: LeaseFence
    overdue: bool
    """Its time is over; otherwise only its lease has lapsed."""
    allocated: bool
    """It held units of named resources."""


async def fence_lapsed(
    tx: Transaction, tenant_id: TenantId, step_id: StepId, *, lease_seconds: float
) -> FencedStep | None:
    """Raises the fence of a step whose lease has lapsed or whose time is over, so that its holder can write no more.

    The clock of a step that lost its holder begins anew with its next attempt.
    """
    row = (
        await tx.execute(
            text(
                """WITH found AS (
                       SELECT s.tenant_id, s.step_id, r.task_id, r.task_version,
                              COALESCE(s.deadline_at < now() - interval '2 s' AND""",
                _WAS_SEEN,
                """, false) AS overdue
                       FROM steps s JOIN runs r ON r.tenant_id = s.tenant_id AND r.run_id = s.run_id
                       WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND s.ended_at IS NULL
                         AND r.status = 'RUNNING' FOR UPDATE OF s),
                   fenced AS (
                       UPDATE steps s SET fence = fence + 1, lease_expires_at = now() + interval '30 s',
                                          worker_id = 'sweeper', status = 'RUNNING', wait_reason = NULL,
                                          waiting_since = NULL, retry_at = NULL,
                                          deadline_at = CASE WHEN f.overdue THEN s.deadline_at END, clock_left = NULL
                       FROM found f
                       WHERE s.tenant_id = f.tenant_id AND s.step_id = f.step_id
                         AND (f.overdue OR (s.status = 'RUNNING' AND s.lease_expires_at < now()))
                       RETURNING s.*, f.task_id, f.task_version, f.overdue)
                   SELECT f.*,
                          CASE WHEN f.parent_id IS NOT NULL THEN 'continue'
                               ELSE COALESCE(d.definition ->> 'on_failure', v.definition ->> 'on_step_failure')
                               END AS on_failure,
                          d.definition -> 'retry' AS retry
                   FROM fenced f JOIN task_versions v USING (tenant_id, task_id)
                   CROSS JOIN LATERAL (
                       SELECT jsonb_path_query_first(v.definition, '$.steps[*] ? (@.name == $name)',
                                                     jsonb_build_object('name', split_part(f.name, '[', 1)))
                       AS definition) d
                   WHERE v.version = f.task_version""",
            ),
            {"tenant_id": tenant_id, "step_id": step_id, "lease": lease_seconds},
        )
    ).first()
    if row is None:
        return None
    dispatch = StepDispatch(tenant_id, row.run_id, step_id, row.generation, row.tick, row.task_token or "")
    policy, retry = RecoveryPolicy(row.on_failure), Retry.model_validate(row.retry or {}).policy()
    lease = LeaseFence(dispatch, row.fence, row.name, row.attempt, row.started_at, policy, retry, row.earlier_attempts)
    return FencedStep(lease, row.overdue, allocated=row.resources is not None)
