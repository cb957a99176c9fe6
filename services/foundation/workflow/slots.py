"""Steps that could run but wait for a slot: of a worker, before they are claimed, or of the tool runtime, while held.

Such a wait does not count as the step's own time. Its clock is stopped: the time that is left is kept in `clock_left`,
and the step has no deadline until it goes on.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    Integer,
    Interval,
    Text,
    Uuid,
    case,
    column,
    extract,
    func,
    literal_column,
    table,
    text,
    update,
)

from foundation.domain.ids import TenantId
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution.dispatches import StepClaim, StepDispatch
from foundation.storage.session.database import Transaction

_STEPS = table(
    "steps",
    *(column(name, Uuid) for name in ("tenant_id", "run_id", "step_id")),
    *(column(name, Text) for name in ("status", "task_token", "wait_reason")),
    *(column(name, DateTime(timezone=True)) for name in ("waiting_since", "retry_at", "deadline_at")),
    *(column(name, Integer) for name in ("unmet_needs", "generation", "tick", "attempt")),
    column("fence", BigInteger),
    column("clock_left", Double),
)
_S = _STEPS.c
_RUNS = table("runs", column("tenant_id", Uuid), column("run_id", Uuid), column("status", Text))
_R = _RUNS.c

_SECOND = literal_column("interval '1 second'", Interval)

_STOP_CLOCK: dict[str, Any] = {
    "wait_reason": WaitReason.SLOT.value,
    "waiting_since": func.coalesce(_S.waiting_since, func.now()),
    "clock_left": func.coalesce(extract("epoch", _S.deadline_at - func.now()), _S.clock_left),
    "deadline_at": None,
}
_START_CLOCK: dict[str, Any] = {
    "wait_reason": None,
    "waiting_since": None,
    "deadline_at": func.coalesce(_S.deadline_at, func.now() + _S.clock_left * _SECOND),
    "clock_left": None,
}


async def park(tx: Transaction, dispatch: StepDispatch) -> bool:
    """Lets a step that could run wait for its tenant's share, with its token on the row; False when it cannot run now.

    A step that was to be tried again counts that attempt here, as its claim will not find it RETRYING any more.
    """
    could_run = (StepStatus.QUEUED.value, StepStatus.WAITING.value, StepStatus.RETRYING.value)
    row = await tx.execute(
        update(_STEPS)
        .where(
            _S.tenant_id == dispatch.tenant_id,
            _S.step_id == dispatch.step_id,
            _S.generation == dispatch.generation,
            _S.tick == dispatch.tick,
            _S.unmet_needs == 0,
            _S.status.in_(could_run),
            func.coalesce(_S.wait_reason, "").not_in((WaitReason.APPROVAL.value, WaitReason.RUN.value)),
            _R.tenant_id == _S.tenant_id,
            _R.run_id == _S.run_id,
            _R.status == RunStatus.RUNNING.value,
        )
        .values(
            _STOP_CLOCK
            | {
                "status": StepStatus.WAITING.value,
                "task_token": dispatch.task_token,
                "retry_at": None,
                "attempt": _S.attempt + case((_S.status == StepStatus.RETRYING.value, 1), else_=0),
            }
        )
        .returning(_S.step_id)
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
    await tx.execute(
        update(_STEPS)
        .where(
            _S.tenant_id == claim.dispatch.tenant_id,
            _S.step_id == claim.dispatch.step_id,
            _S.fence == claim.fence,
            _S.status == StepStatus.RUNNING.value,
        )
        .values(_STOP_CLOCK if stopped else _START_CLOCK)
    )
