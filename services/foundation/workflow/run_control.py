"""Stops, pauses, ends and restarts whole runs; every function is part of the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.contracts.run_events import (
    RunEnded,
    RunEvent,
    RunGenerationOpened,
    RunPaused,
    RunStopping,
    StepCancelled,
)
from foundation.contracts.step_message import ExecutionInput
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.execution import run_events, sub_runs
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.outbox import OutboxEffect, OutboxKind
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text
from foundation.workflow import callbacks, stops
from foundation.workflow.standing_clock import set_clock_above


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run's row, locked, as far as its control needs it."""

    tenant_id: TenantId
    run_id: RunId
    status: RunStatus
    generation: int
    version: int
    created_at: datetime
    traceparent: str | None
    pause_reason: PauseReason | None
    parent_run_id: RunId | None
    parent_step_id: StepId | None
    """The step that started it, and the run of that step; None for a run that no step has started."""


async def lock_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> RunRow | None:
    """Locks the run's row. Against deadlocks, steps are always locked before their run: lock what changes first."""
    row = (
        await tx.execute(
            text(
                """SELECT status, generation, version, created_at, traceparent, pause_reason, parent_run_id,
                          parent_step_id FROM runs
                   WHERE tenant_id = :tenant_id AND run_id = :run_id FOR UPDATE"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    ).first()
    if row is None:
        return None
    return value_of(RunRow, row, tenant_id=tenant_id, run_id=run_id)


async def lock_unfinished_steps(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Locks the run's unfinished steps in id order, as every transaction does before it locks the run's row."""
    await tx.execute(
        text(
            """SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL
               ORDER BY step_id FOR UPDATE"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )


async def stop_unfinished(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, cause: RunStatus, error: dict[str, Any]
) -> None:
    """Ends every unfinished step and answers its token, so that the execution goes on to Finalize.

    `cause` becomes the run's terminal cause unless it has one already: the first wins.
    """
    stopped = await stops.cancel_unfinished(tx, tenant_id, run_id, error=error)
    await outbox.write(tx, tenant_id, [callbacks.done(step.waiting) for step in stopped if step.waiting])
    await tx.execute(
        text(
            """UPDATE runs SET stop_cause = COALESCE(stop_cause, :cause), version = version + 1,
                               error = COALESCE(error, CAST(:error AS jsonb))
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "cause": cause.value, "error": jsonb(error)},
    )
    events: list[RunEvent] = [StepCancelled(step_id=step.step_id, name=step.name, error=error) for step in stopped]
    await run_events.append(tx, tenant_id, run_id, [*events, RunStopping(cause=cause, error=error)])


async def end_run(
    tx: Transaction,
    run: RunRow,
    *,
    status: RunStatus,
    output: Any = None,
    error: dict[str, Any] | None = None,
) -> None:
    """Gives the run its terminal state and closes its money scope. The run's row must be locked."""
    row = (
        await tx.execute(
            text(
                """UPDATE runs
                   SET status = :status, output = COALESCE(CAST(:output AS jsonb), output),
                       error = COALESCE(CAST(:error AS jsonb), error), ended_at = now(), pause_reason = NULL,
                       clock_used = clock_used + COALESCE(now() - clock_since, '0'), clock_since = NULL,
                       hard_deadline = NULL, version = version + 1
                   WHERE tenant_id = :tenant_id AND run_id = :run_id
                   RETURNING EXTRACT(EPOCH FROM ended_at - created_at)::float AS seconds"""
            ),
            {
                "tenant_id": run.tenant_id,
                "run_id": run.run_id,
                "status": status.value,
                "output": jsonb(output),
                "error": jsonb(error),
            },
        )
    ).one()
    payload = {"status": status.value, "seconds": row.seconds, "generation": run.generation}
    closing = OutboxEffect(OutboxKind.CLOSE_RUN, run.run_id, payload)
    await outbox.write(tx, run.tenant_id, [closing, OutboxEffect(OutboxKind.CONFIRM_USAGE, run.run_id, {})])
    await run_events.append(tx, run.tenant_id, run.run_id, [RunEnded(status=status, error=error)])


def stop_execution_effect(run: RunRow, *, cause: str) -> OutboxEffect:
    return OutboxEffect(OutboxKind.STOP_EXECUTION, run.run_id, {"generation": run.generation, "cause": cause})


async def pause(tx: Transaction, run: RunRow, paused: RunPaused) -> None:
    """Pauses a locked, open run: its clock stops, and its execution is stopped once no step is held any more."""
    await tx.execute(
        text(
            """UPDATE runs SET status = 'PAUSED', pause_reason = :reason, version = version + 1,
                   clock_used = clock_used + COALESCE(now() - clock_since, '0'), clock_since = NULL,
                   hard_deadline = NULL
               WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {"tenant_id": run.tenant_id, "run_id": run.run_id, "reason": paused.reason},
    )
    await run_events.append(tx, run.tenant_id, run.run_id, [paused])
    await stop_execution_if_idle(tx, run)
    await sub_runs.tell_below_run(tx, run.tenant_id, run.run_id)
    await set_clock_above(tx, run.tenant_id, run.parent_run_id)


async def stop_execution_if_idle(tx: Transaction, run: RunRow) -> None:
    """Stops a paused run's execution once no step is held, so that ticks that were claimed can still be recorded."""
    held = await tx.execute(
        text("SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND status = 'RUNNING' LIMIT 1"),
        {"tenant_id": run.tenant_id, "run_id": run.run_id},
    )
    if held.first() is None:
        await outbox.write(tx, run.tenant_id, [stop_execution_effect(run, cause="paused")])


async def open_generation(tx: Transaction, run: RunRow, *, reason: str) -> int:
    """Fences every lease, raises the generation and starts a new execution; finished steps stay finished.

    So do those that wait for a decision about a tool whose outcome is unknown: their new token is kept for it.

    The unfinished steps and the run must be locked, in that order. Resume after a pause and recovery of a lost
    execution are this one operation.
    """
    generation = run.generation + 1
    await tx.execute(
        text(
            """UPDATE steps SET generation = :generation, fence = fence + 1, worker_id = NULL,
                   lease_expires_at = NULL, task_token = NULL, wait_reason = NULL, waiting_since = NULL,
                   retry_at = NULL, deadline_at = NULL, clock_left = NULL,
                   status = CASE WHEN status = 'OUTCOME_UNKNOWN' THEN status ELSE 'QUEUED' END
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL"""
        ),
        {"tenant_id": run.tenant_id, "run_id": run.run_id, "generation": generation},
    )
    await tx.execute(
        text(
            """UPDATE runs SET generation = :generation, version = version + 1, pause_reason = NULL,
                   awaits_approval = false,
                   status = CASE WHEN started_at IS NULL THEN 'PENDING' ELSE 'RUNNING' END,
                   clock_used = clock_used + COALESCE(now() - clock_since, '0'), clock_since = NULL
               WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {"tenant_id": run.tenant_id, "run_id": run.run_id, "generation": generation},
    )
    await tx.execute(text("SELECT pg_notify('fenced', '')"))
    await sub_runs.tell_below_run(tx, run.tenant_id, run.run_id)
    # The earlier execution may still wait for steps that were held at the pause, or may not be lost after all.
    superseded = stop_execution_effect(run, cause=f"superseded by generation {generation}")
    start = ExecutionInput(
        tenant_id=run.tenant_id, run_id=run.run_id, generation=generation, traceparent=run.traceparent
    )
    await outbox.write(tx, run.tenant_id, [superseded, start_execution_effect(start)])
    opened = RunGenerationOpened(generation=generation, reason=reason)
    await run_events.append(tx, run.tenant_id, run.run_id, [opened])
    return generation


def start_execution_effect(start: ExecutionInput) -> OutboxEffect:
    return OutboxEffect(OutboxKind.START_EXECUTION, start.run_id, start.model_dump(mode="json"))
