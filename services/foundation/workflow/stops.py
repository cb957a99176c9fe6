"""Ends steps that no holder ends: decided elsewhere, skipped below a failure, or cancelled with their run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from foundation.domain.failures import ErrorDocument, PlacedFailure
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import StepStatus
from foundation.storage.execution import approvals, sub_runs, tool_events
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class StoppedStep:
    """A step that was ended without running on."""

    step_id: StepId
    name: str
    was_running: bool
    waiting: StepDispatch | None
    """The dispatch whose token must be answered, as the execution waits for it; None where there is no token."""
    error: ErrorDocument | None = None
    """Why it was cancelled; None of a step that ended in another way."""


def _stopped_of(row: Row, tenant_id: TenantId) -> StoppedStep:
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
    error: PlacedFailure | None = None,
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
                "error": jsonb(None if error is None else error.as_json()),
                "excused": excused,
            },
        )
    ).one()
    if row.was_running:
        await tx.execute(text("SELECT pg_notify('fenced', '')"))
    return _stopped_of(row, tenant_id)


async def skip_dependents(
    tx: Transaction, tenant_id: TenantId, step_id: StepId, *, error: PlacedFailure
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
        {"tenant_id": tenant_id, "step_id": step_id, "error": jsonb(error.as_json())},
    )
    return [_stopped_of(row, tenant_id) for row in rows]


async def cancel_unfinished(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, error: PlacedFailure
) -> Sequence[StoppedStep]:
    """Cancels and fences every step of the run that has not ended, in id order, and wakes the workers that hold any.

    Where what ends them happened in no step, such as a cancel of the run, each is told it as of itself.
    """
    rows = await tx.execute(
        text(
            """WITH locked AS (
                   SELECT step_id, status, task_token FROM steps
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL
                   ORDER BY step_id FOR UPDATE)
               UPDATE steps s SET status = 'CANCELLED', ended_at = now(),
                                  error = CAST(:error AS jsonb) || CASE
                                      WHEN CAST(:of_a_step AS boolean) THEN '{}'
                                      ELSE jsonb_build_object('step', s.name, 'attempt', s.attempt) END,
                                  fence = s.fence + 1, lease_expires_at = NULL, worker_id = NULL, task_token = NULL,
                                  wait_reason = NULL, waiting_since = NULL, retry_at = NULL
               FROM locked l
               WHERE s.tenant_id = :tenant_id AND s.step_id = l.step_id
               RETURNING s.run_id, s.step_id, s.name, s.generation, s.tick, l.task_token,
                         l.status = 'RUNNING' AS was_running, s.error"""
        ),
        {
            "tenant_id": tenant_id,
            "run_id": run_id,
            "error": jsonb(error.as_json()),
            "of_a_step": error.step is not None,
        },
    )
    stopped = [replace(_stopped_of(row, tenant_id), error=ErrorDocument(row.error)) for row in rows]
    if stopped:
        await tool_events.close_of_ended_steps(tx, tenant_id, [step.step_id for step in stopped])
        await approvals.cancel_of_ended_steps(tx, tenant_id, [step.step_id for step in stopped])
        await sub_runs.tell_below_steps(tx, tenant_id, [step.step_id for step in stopped])
    if any(step.was_running for step in stopped):
        await tx.execute(text("SELECT pg_notify('fenced', '')"))
    return stopped
