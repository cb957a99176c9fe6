"""Stops, pauses, ends and restarts whole runs; every function is part of the caller's transaction."""

from collections.abc import Iterator, Sequence
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
from foundation.domain.errors import TransactionCollided
from foundation.domain.failures import ErrorDocument, PlacedFailure
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.execution import run_events, sub_runs
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.outbox import OutboxEffect, OutboxKind
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row
from foundation.workflow import callbacks, stops
from foundation.workflow.standing_clock import set_clock_above
from foundation.workflow.stops import StoppedStep

_LOCK_TRIES = 5


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


async def lock_run_and_unfinished_steps(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> RunRow | None:
    """Locks the run's unfinished steps in id order and then its row; raises what `_lock_in_order` raises."""
    row, _ = await _lock_in_order(tx, tenant_id, run_id, which="AND ended_at IS NULL")
    return row


async def lock_run_and_all_steps(
    tx: Transaction, tenant_id: TenantId, run_id: RunId
) -> tuple[RunRow | None, Sequence[Row]]:
    """The same with every step, ended or not; returns their rows too."""
    return await _lock_in_order(tx, tenant_id, run_id, which="")


async def _lock_in_order(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, which: str
) -> tuple[RunRow | None, Sequence[Row]]:
    """Locks those steps in id order, then the run's row: the one lock order of all that change both.

    While the run's row was waited for, somebody may have opened the ended run again, or inserted steps. Those steps are
    not locked, and whoever has them locked wants the run next: so both locks are given up, and taken anew in order.
    What the transaction had locked before stays locked. `TransactionCollided` when the run changes each time.
    """
    of_run = {"tenant_id": tenant_id, "run_id": run_id}
    await tx.execute(text("SAVEPOINT unlocked"))
    for _ in range(_LOCK_TRIES):
        steps = (
            await tx.execute(
                text(
                    """SELECT step_id, name, kind, status, needs, excused, parent_id FROM steps
                       WHERE tenant_id = :tenant_id AND run_id = :run_id""",
                    which,
                    "ORDER BY step_id FOR UPDATE",
                ),
                of_run,
            )
        ).all()
        row = await lock_run(tx, tenant_id, run_id)
        # Locked steps do not change, and a locked run gets no more of them: equal numbers are the same steps.
        now = await tx.execute(
            text("SELECT count(*) FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id", which), of_run
        )
        if now.scalar_one() == len(steps):
            return row, steps
        await tx.execute(text("ROLLBACK TO SAVEPOINT unlocked"))
    raise TransactionCollided("the run was changed by others each time that it was to be locked", retry_after=1)


async def stop_unfinished(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, cause: RunStatus, error: PlacedFailure
) -> None:
    """Ends every unfinished step and answers its token, so that the execution goes on to Finalize.

    `cause` becomes the run's terminal cause unless it has one already: the first wins, and it alone is told.
    """
    stopped = await stops.cancel_unfinished(tx, tenant_id, run_id, error=error)
    await outbox.write(tx, tenant_id, [callbacks.done(step.waiting) for step in stopped if step.waiting])
    document = error.as_json()
    first = await tx.execute(
        text(
            """UPDATE runs SET stop_cause = :cause, version = version + 1,
                               error = COALESCE(error, CAST(:error AS jsonb))
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL AND stop_cause IS NULL
               RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "cause": cause.value, "error": jsonb(document)},
    )
    events: list[RunEvent] = list(cancelled_events(stopped))
    if first.first() is not None:
        events.append(RunStopping(cause=cause, error=document))
    if events:
        await run_events.append(tx, tenant_id, run_id, events)


def cancelled_events(stopped: Sequence[StoppedStep]) -> Iterator[StepCancelled]:
    """The event of each step that was cancelled."""
    for step in stopped:
        if step.error is not None:
            yield StepCancelled(step_id=step.step_id, name=step.name, error=step.error)


async def end_run(
    tx: Transaction,
    run: RunRow,
    *,
    status: RunStatus,
    output: Any = None,
    error: ErrorDocument | None = None,
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


async def hold(tx: Transaction, run: RunRow, paused: RunPaused) -> None:
    """Gives a run that is paused another reason to be, as what held it until now may go at any moment."""
    await tx.execute(
        text(
            """UPDATE runs SET pause_reason = :reason, version = version + 1
               WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {"tenant_id": run.tenant_id, "run_id": run.run_id, "reason": paused.reason},
    )
    await run_events.append(tx, run.tenant_id, run.run_id, [paused])


async def go_on(tx: Transaction, run: RunRow, *, reason: str) -> int | None:
    """Opens a paused run again, for which the reason of its pause is gone; locked as for `open_generation`.

    Returns the generation; None where the run does not go on yet.

    While the run above is paused this one stands still with it. That one is not locked: whoever has it go on at this
    moment tells those below afterwards, and waits for this run's row then.
    """
    if run.parent_run_id is not None and await _is_paused(tx, run.tenant_id, run.parent_run_id):
        await hold(tx, run, RunPaused(reason=PauseReason.PARENT))
        return None
    return await open_generation(tx, run, reason=reason)


async def _is_paused(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    found = await tx.execute(
        text("SELECT 1 FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id AND status = 'PAUSED'"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return found.first() is not None


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
