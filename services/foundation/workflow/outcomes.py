"""How a held step's tick is recorded; each function is one part of the one transaction that records it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from foundation.domain.errors import LeaseLost
from foundation.domain.states import StepStatus
from foundation.storage.execution import tool_events
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb


async def end(
    tx: Transaction,
    tenant_id: UUID,
    step_id: UUID,
    *,
    fence: int,
    status: StepStatus,
    output: Any = None,
    error: dict[str, Any] | None = None,
    turn: int | None = None,
) -> None:
    """Ends a held step; `LeaseLost` when the fence has been raised since."""
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = :status, output = CAST(:output AS jsonb), error = CAST(:error AS jsonb), ended_at = now(),
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
            "turn": turn,
        },
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now; its result was not recorded")
    await tool_events.close_of_ended_steps(tx, tenant_id, [step_id])


async def tell(tx: Transaction, tenant_id: UUID, step_id: UUID, *, output: Any) -> None:
    """Adds what a step that was stopped had given until then; its end stands, and so does an output that it has."""
    await tx.execute(
        text(
            """UPDATE steps SET output = CAST(:output AS jsonb)
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND status IN ('CANCELLED', 'FAILED')
                 AND output IS NULL"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "output": jsonb(output)},
    )


async def next_tick(tx: Transaction, tenant_id: UUID, step_id: UUID, *, fence: int, turn: int) -> int:
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


async def give_back(
    tx: Transaction, tenant_id: UUID, step_id: UUID, *, fence: int, retry_seconds: float | None
) -> None:
    """Hands a held step back with its token: to be tried again (`retry_seconds`), or as if it had not been taken."""
    row = await tx.execute(
        text(
            """UPDATE steps
               SET status = CASE WHEN CAST(:retry AS float) IS NULL THEN 'QUEUED' ELSE 'RETRYING' END,
                   retry_at = now() + CAST(:retry AS float) * interval '1 second',
                   lease_expires_at = NULL, worker_id = NULL, wait_reason = NULL, waiting_since = NULL
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "fence": fence, "retry": retry_seconds},
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now")


@dataclass(frozen=True, slots=True)
class Released:
    """A dependent that may run now and is parked with a token."""

    step_id: UUID
    tick: int
    generation: int
    task_token: str


async def release_dependents(tx: Transaction, tenant_id: UUID, step_id: UUID) -> list[Released]:
    """Counts one need of each dependent as met, in id order; returns those that waited for nothing else."""
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
               RETURNING s.step_id, s.unmet_needs, s.tick, s.generation, s.task_token, s.status"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    return [
        Released(row.step_id, row.tick, row.generation, row.task_token)
        for row in rows
        if row.unmet_needs == 0 and row.status == StepStatus.QUEUED and row.task_token
    ]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A step that was ended without running on; a token that waits for it must be answered."""

    step_id: UUID
    name: str
    tick: int
    task_token: str | None
    was_running: bool


async def skip_dependents(tx: Transaction, tenant_id: UUID, step_id: UUID, *, error: dict[str, Any]) -> list[Stopped]:
    """Skips everything that needs the failed step, directly or not, in id order, with the failure as its reason."""
    rows = await tx.execute(
        text(
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
               RETURNING s.step_id, s.name, s.tick, l.task_token"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "error": jsonb(error)},
    )
    return [Stopped(row.step_id, row.name, row.tick, row.task_token, was_running=False) for row in rows]


async def cancel_unfinished(
    tx: Transaction, tenant_id: UUID, run_id: UUID, *, error: dict[str, Any] | None
) -> Sequence[Stopped]:
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
               RETURNING s.step_id, s.name, s.tick, l.task_token, l.status = 'RUNNING' AS was_running"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "error": jsonb(error)},
    )
    stopped = [Stopped(row.step_id, row.name, row.tick, row.task_token, row.was_running) for row in rows]
    if stopped:
        await tool_events.close_of_ended_steps(tx, tenant_id, [step.step_id for step in stopped])
    if any(step.was_running for step in stopped):
        await tx.execute(text("SELECT pg_notify('fenced', '')"))
    return stopped
