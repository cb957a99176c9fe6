"""Writes the outcome of a held step's tick; each function is one part of the caller's single transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from foundation.domain.errors import LeaseLost
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import StepStatus
from foundation.storage.execution import approvals, sub_runs, tool_events
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb


async def end(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    fence: int,
    status: StepStatus,
    output: Any = None,
    error: dict[str, Any] | None = None,
    skip_reason: dict[str, Any] | None = None,
    excused: bool = False,
    turn: int | None = None,
) -> None:
    """Ends a held step; `LeaseLost` when the fence has been raised since.

    `excused` is whether the run may complete although this step did not succeed.
    """
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = :status, output = CAST(:output AS jsonb), error = CAST(:error AS jsonb), ended_at = now(),
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
            "error": jsonb(error),
            "skip_reason": jsonb(skip_reason),
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


async def keep_late_output(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, fence: int, output: Any) -> None:
    """Adds the output that a stopped step had by then; its status, and an output that it has already, do not change.

    `fence` is the last holder's. Stopping the step has raised it by one; further, another holder has come since.
    """
    await tx.execute(
        text(
            """UPDATE steps SET output = CAST(:output AS jsonb)
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND status IN ('CANCELLED', 'FAILED')
                 AND output IS NULL AND fence <= :fence + 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "fence": fence, "output": jsonb(output)},
    )


async def next_tick(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, fence: int, turn: int) -> int:
    """Hands a held step back for its next tick; returns that tick's number."""
    row = (
        await tx.execute(
            text(
                """UPDATE steps SET status = 'QUEUED', tick = tick + 1, turn = :turn, lease_expires_at = NULL,
                                    worker_id = NULL, task_token = NULL, wait_reason = NULL, waiting_since = NULL
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
                   RETURNING tick"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id, "fence": fence, "turn": turn},
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
) -> None:
    """Hands a held step back with its token, to be tried again after `retry_seconds`, or with None as never taken.

    With `next_turn` what this attempt recorded is not read again: calls are keyed by turn, so the next are new ones.
    """
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = CASE WHEN CAST(:retry AS float) IS NULL THEN 'QUEUED' ELSE 'RETRYING' END,
                   retry_at = now() + CAST(:retry AS float) * interval '1 second',
                   turn = CASE WHEN CAST(:next_turn AS boolean) THEN next_turn(steps) ELSE turn END,
                   lease_expires_at = NULL, worker_id = NULL, wait_reason = NULL, waiting_since = NULL
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "fence": fence, "retry": retry_seconds, "next_turn": next_turn},
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
    return [
        StepDispatch(tenant_id, row.run_id, row.step_id, row.generation, row.tick, row.task_token)
        for row in rows
        if row.unmet_needs == 0 and row.status == StepStatus.QUEUED and row.task_token
    ]


@dataclass(frozen=True, slots=True)
class StoppedStep:
    """A step that was ended without running on."""

    step_id: StepId
    name: str
    was_running: bool
    waiting: StepDispatch | None
    """The dispatch whose token must be answered, as the execution waits for it; None where there is no token."""


def _stopped_of(row: Row[Any], tenant_id: TenantId) -> StoppedStep:
    waiting = None
    if row.task_token is not None:
        waiting = StepDispatch(tenant_id, row.run_id, row.step_id, row.generation, row.tick, row.task_token)
    return StoppedStep(row.step_id, row.name, row.was_running, waiting)


async def end_unheld(
    tx: Transaction,
    tenant_id: TenantId,
    step_id: StepId,
    *,
    status: StepStatus,
    output: Any = None,
    error: dict[str, Any] | None = None,
    excused: bool = False,
) -> StoppedStep:
    """Ends a step that no worker decides about, whose row is locked; a worker that holds it all the same is fenced."""
    row = (
        await tx.execute(
            text(
                """WITH before AS (
                       SELECT step_id, task_token, status FROM steps
                       WHERE tenant_id = :tenant_id AND step_id = :step_id AND ended_at IS NULL FOR UPDATE)
                   UPDATE steps s
                   SET status = :status, output = CAST(:output AS jsonb), error = CAST(:error AS jsonb),
                       excused = :excused, ended_at = now(), fence = s.fence + 1,
                       lease_expires_at = NULL, worker_id = NULL, task_token = NULL,
                       wait_reason = NULL, waiting_since = NULL, retry_at = NULL
                   FROM before b
                   WHERE s.tenant_id = :tenant_id AND s.step_id = b.step_id
                   RETURNING s.run_id, s.step_id, s.name, s.generation, s.tick, b.task_token,
                             b.status = 'RUNNING' AS was_running"""
            ),
            {
                "tenant_id": tenant_id,
                "step_id": step_id,
                "status": status.value,
                "output": jsonb(output),
                "error": jsonb(error),
                "excused": excused,
            },
        )
    ).one()
    if row.was_running:
        await tx.execute(text("SELECT pg_notify('fenced', '')"))
    return _stopped_of(row, tenant_id)


async def skip_dependents(
    tx: Transaction, tenant_id: TenantId, step_id: StepId, *, error: dict[str, Any]
) -> list[StoppedStep]:
    """Skips everything that needs the failed step, directly or not, in id order, with the failure as its reason."""
    rows = await tx.execute(
        text(
            # OFFSET 0 keeps the lateral query apart, so that the needs of each level are looked up by their key.
            """WITH RECURSIVE below(step_id) AS (
                   SELECT step_id FROM step_needs WHERE tenant_id = :tenant_id AND needs_id = :step_id
                   UNION
                   SELECT n.step_id FROM below b CROSS JOIN LATERAL (
                       SELECT m.step_id FROM step_needs m
                       WHERE m.tenant_id = :tenant_id AND m.needs_id = b.step_id OFFSET 0) n),
               locked AS (
                   SELECT s.step_id, s.task_token FROM steps s JOIN below USING (step_id)
                   WHERE s.tenant_id = :tenant_id AND s.ended_at IS NULL ORDER BY s.step_id FOR UPDATE OF s)
               UPDATE steps s SET status = 'SKIPPED', error = CAST(:error AS jsonb), ended_at = now(),
                                  wait_reason = NULL, waiting_since = NULL, task_token = NULL
               FROM locked l
               WHERE s.tenant_id = :tenant_id AND s.step_id = l.step_id AND s.ended_at IS NULL
               RETURNING s.run_id, s.step_id, s.name, s.generation, s.tick, l.task_token, false AS was_running"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "error": jsonb(error)},
    )
    return [_stopped_of(row, tenant_id) for row in rows]


async def cancel_unfinished(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, error: dict[str, Any] | None
) -> Sequence[StoppedStep]:
    """Cancels and fences every step of the run that has not ended, in id order, and wakes the workers that hold any."""
    rows = await tx.execute(
        text(
            """WITH locked AS (
                   SELECT step_id, status, task_token FROM steps
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL
                   ORDER BY step_id FOR UPDATE)
               UPDATE steps s SET status = 'CANCELLED', error = CAST(:error AS jsonb), ended_at = now(),
                                  fence = s.fence + 1, lease_expires_at = NULL, worker_id = NULL, task_token = NULL,
                                  wait_reason = NULL, waiting_since = NULL, retry_at = NULL
               FROM locked l
               WHERE s.tenant_id = :tenant_id AND s.step_id = l.step_id
               RETURNING s.run_id, s.step_id, s.name, s.generation, s.tick, l.task_token,
                         l.status = 'RUNNING' AS was_running"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "error": jsonb(error)},
    )
    stopped = [_stopped_of(row, tenant_id) for row in rows]
    if stopped:
        await tool_events.close_of_ended_steps(tx, tenant_id, [step.step_id for step in stopped])
        await approvals.cancel_of_ended_steps(tx, tenant_id, [step.step_id for step in stopped])
        await sub_runs.tell_below_steps(tx, tenant_id, [step.step_id for step in stopped])
    if any(step.was_running for step in stopped):
        await tx.execute(text("SELECT pg_notify('fenced', '')"))
    return stopped
