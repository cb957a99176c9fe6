"""Writes the outcome of a held step's tick; each function is one part of the caller's single transaction."""

from collections.abc import Iterable
from typing import Any

from foundation.domain.errors import LeaseLost
from foundation.domain.failures import PlacedFailure
from foundation.domain.ids import StepId, TenantId
from foundation.domain.states import StepStatus
from foundation.storage.execution import approvals, sub_runs, tool_events
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


async def end(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    fence: int,
    status: StepStatus,
    output: Any = None,
    error: PlacedFailure | None = None,
    skip_reason: PlacedFailure | None = None,
    excused: bool = False,
    turn: int | None = None,
) -> None:
    """Ends a held step; `LeaseLost` when the fence has been raised since.

    Without an `output` it keeps what its earlier turns have left as one.

    `excused` is whether the run may complete although this step did not succeed.
    """
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = :status, output = COALESCE(CAST(:output AS jsonb), output),
                   error = CAST(:error AS jsonb), ended_at = now(),
                   skip_reason = CAST(:skip_reason AS jsonb), excused = :excused,
                   lease_expires_at = NULL, worker_id = NULL, task_token = NULL, turn = COALESCE(:turn, turn),
                   wait_reason = NULL, waiting_since = NULL
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {
            "tenant_id": tenant_id,
            "step_id": step_id,
            "fence": fence,
            "status": status.value,
            "output": jsonb(output),
            "error": jsonb(None if error is None else error.as_json()),
            "skip_reason": jsonb(None if skip_reason is None else skip_reason.as_json()),
            "excused": excused,
            "turn": turn,
        },
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now; its result was not recorded")
    await tool_events.close_of_ended_steps(tx, tenant_id, [step_id])
    if status is not StepStatus.SUCCESS:
        await approvals.cancel_of_ended_steps(tx, tenant_id, [step_id])
        await sub_runs.tell_below_steps(tx, tenant_id, [step_id])


# The dependents are locked in id order once the step has ended, and only then. They are found by the step's id as it is
# given, and not by what the first part returns, so that a database without statistics looks them up by their key.
_SUCCEED = text(
    """WITH ended AS (
           UPDATE steps
           SET status = 'SUCCESS', output = CAST(:output AS jsonb), error = NULL, ended_at = now(),
               lease_expires_at = NULL, worker_id = NULL, task_token = NULL, turn = COALESCE(:turn, turn),
               wait_reason = NULL, waiting_since = NULL
           WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
           RETURNING 1),
       dependents AS (
           SELECT s.step_id FROM steps s JOIN step_needs n USING (tenant_id, step_id)
           WHERE n.tenant_id = :tenant_id AND n.needs_id = :step_id AND (SELECT count(*) FROM ended) = 1
           ORDER BY s.step_id FOR UPDATE OF s),
       released AS (
           UPDATE steps s
           SET unmet_needs = s.unmet_needs - 1,
               status = CASE WHEN s.unmet_needs = 1 AND s.status = 'WAITING' THEN 'QUEUED' ELSE s.status END,
               wait_reason = CASE WHEN s.unmet_needs = 1 THEN NULL ELSE s.wait_reason END,
               waiting_since = CASE WHEN s.unmet_needs = 1 THEN NULL ELSE s.waiting_since END
           FROM dependents d
           WHERE s.tenant_id = :tenant_id AND s.step_id = d.step_id AND s.unmet_needs > 0
           RETURNING s.run_id, s.step_id, s.unmet_needs, s.tick, s.generation, s.task_token, s.status)
       SELECT (SELECT count(*) FROM ended) AS ended, r.* FROM (VALUES (1)) AS one(row) LEFT JOIN released r ON true"""
)


async def succeed(tx: Transaction, lease: LeaseFence, *, output: Any, turn: int | None) -> list[StepDispatch]:
    """Ends a held step well, and counts it as met by its dependents; returns those that can run now.

    `end` and `release_dependents` in one statement, as this is how most steps end. `LeaseLost` when the fence has been
    raised since.
    """
    tenant_id, step_id = lease.dispatch.tenant_id, lease.dispatch.step_id
    rows = (
        await tx.execute(
            _SUCCEED,
            {
                "tenant_id": tenant_id,
                "step_id": step_id,
                "fence": lease.fence,
                "output": jsonb(output),
                "turn": turn,
            },
        )
    ).all()
    if not rows[0].ended:
        raise LeaseLost("another holder has this step now; its result was not recorded")
    if lease.may_have_jobs:
        await tool_events.close_of_ended_steps(tx, tenant_id, [step_id])
    return can_run(rows, tenant_id)


async def keep_late_output(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, fence: int, output: Any) -> None:
    """Adds the output that a stopped step had by then; its status, and a whole output that it has, do not change.

    `fence` is the last holder's. Stopping the step has raised it by one; further, another holder has come since.
    """
    await tx.execute(
        text(
            """UPDATE steps SET output = CAST(:output AS jsonb)
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND status IN ('CANCELLED', 'FAILED')
                 AND (output IS NULL OR output ? 'partial') AND fence <= :fence + 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "fence": fence, "output": jsonb(output)},
    )


async def next_tick(
    tx: Transaction, tenant_id: TenantId, step_id: StepId, *, fence: int, turn: int, partial: Any = None
) -> int:
    """Hands a held step back for its next tick; returns that tick's number.

    `partial` is the step's output for the case that it ends without another.
    """
    row = (
        await tx.execute(
            text(
                """UPDATE steps SET status = 'QUEUED', tick = tick + 1, turn = :turn, lease_expires_at = NULL,
                                    output = COALESCE(CAST(:partial AS jsonb), output),
                                    worker_id = NULL, task_token = NULL, wait_reason = NULL, waiting_since = NULL
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
                   RETURNING tick"""
            ),
            {
                "tenant_id": tenant_id,
                "step_id": step_id,
                "fence": fence,
                "turn": turn,
                "partial": jsonb(partial),
            },
        )
    ).first()
    if row is None:
        raise LeaseLost("another holder has this step now; its turn was not recorded")
    return int(row.tick)


async def wait_for_items(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, fence: int) -> int:
    """Hands a held step back until its items have ended, with its clock stopped; returns its next tick's number."""
    row = (
        await tx.execute(
            text(
                """UPDATE steps SET status = 'WAITING', wait_reason = 'items', waiting_since = now(), tick = tick + 1,
                                    clock_left = EXTRACT(EPOCH FROM deadline_at - now()), deadline_at = NULL,
                                    lease_expires_at = NULL, worker_id = NULL, task_token = NULL
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
                   RETURNING tick"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id, "fence": fence},
        )
    ).first()
    if row is None:
        raise LeaseLost("another holder has this step now; its items were not opened")
    return int(row.tick)


async def give_back(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    fence: int,
    retry_seconds: float | None,
    next_turn: bool = False,
    partial: Any = None,
) -> None:
    """Hands a held step back with its token, to be tried again after `retry_seconds`, or with None as never taken.

    With `next_turn` what this attempt recorded is not read again: calls are keyed by turn, so the next are new ones.
    `partial` is the step's output for the case that it ends without another.
    """
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = CASE WHEN CAST(:retry AS float) IS NULL THEN 'QUEUED' ELSE 'RETRYING' END,
                   retry_at = now() + CAST(:retry AS float) * interval '1 second',
                   turn = CASE WHEN CAST(:next_turn AS boolean) THEN next_turn(steps) ELSE turn END,
                   output = COALESCE(CAST(:partial AS jsonb), output),
                   lease_expires_at = NULL, worker_id = NULL, wait_reason = NULL, waiting_since = NULL
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {
            "tenant_id": tenant_id,
            "step_id": step_id,
            "fence": fence,
            "retry": retry_seconds,
            "next_turn": next_turn,
            "partial": jsonb(partial),
        },
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now")


async def release_dependents(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> list[StepDispatch]:
    """Counts one need of each dependent as met, in id order; returns those that can run now and have a token."""
    rows = await tx.execute(
        text(
            """WITH dependents AS (
                   SELECT s.step_id FROM steps s JOIN step_needs n USING (tenant_id, step_id)
                   WHERE n.tenant_id = :tenant_id AND n.needs_id = :step_id
                   ORDER BY s.step_id FOR UPDATE OF s)
               UPDATE steps s
               SET unmet_needs = s.unmet_needs - 1,
                   status = CASE WHEN s.unmet_needs = 1 AND s.status = 'WAITING' THEN 'QUEUED' ELSE s.status END,
                   wait_reason = CASE WHEN s.unmet_needs = 1 THEN NULL ELSE s.wait_reason END,
                   waiting_since = CASE WHEN s.unmet_needs = 1 THEN NULL ELSE s.waiting_since END
               FROM dependents d
               WHERE s.tenant_id = :tenant_id AND s.step_id = d.step_id AND s.unmet_needs > 0
               RETURNING s.run_id, s.step_id, s.unmet_needs, s.tick, s.generation, s.task_token, s.status"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    return can_run(rows.all(), tenant_id)


def can_run(counted: Iterable[Row], tenant_id: TenantId) -> list[StepDispatch]:
    """Those of the steps whose needs were counted that wait for nothing more and have a token, to be enqueued."""
    return [
        StepDispatch(tenant_id, row.run_id, row.step_id, row.generation, row.tick, row.task_token)
        for row in counted
        if row.unmet_needs == 0 and row.status == StepStatus.QUEUED and row.task_token
    ]
