"""Ends the wait of a step by a person's decision, once."""

from dataclasses import dataclass
from typing import Any

from foundation.contracts.run_events import StepOutcomeDecided
from foundation.domain.ids import JobId, RunId, StepId, TenantId, UserId
from foundation.domain.states import RunStatus, StepStatus
from foundation.domain.tools import OutcomeDecision
from foundation.storage.execution import doubtful_jobs, run_events
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import run_control
from foundation.workflow.messages import step_message
from foundation.workflow.standing_clock import set_clock
from foundation.workflow.unknown_outcomes.asking import accepted_document


@dataclass(frozen=True, slots=True)
class LockedStep:
    """A step whose row, and then its run's, is locked."""

    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    name: str
    status: StepStatus
    run_status: RunStatus


@dataclass(frozen=True, slots=True)
class OutcomeVerdict:
    """What somebody decided, and who it was; `result` is what an accepted call has given, as they know."""

    decision: OutcomeDecision
    by: UserId
    comment: str | None
    result: Any


async def lock_step(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str) -> LockedStep | None:
    """The step, locked with all unfinished ones of its run before the run, as by all who change both."""
    run = await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
    row = (
        await tx.execute(
            text(
                """SELECT step_id, status FROM steps
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND name = :name"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "name": name},
        )
    ).first()
    if run is None or row is None:
        return None
    return LockedStep(tenant_id, run_id, StepId(row.step_id), name, StepStatus(row.status), run.status)


async def decide(tx: Transaction, step: LockedStep, verdict: OutcomeVerdict) -> JobId | None:
    """Does with the job what was decided, and enqueues its step again; None when the step waits for no decision.

    Whoever claims the step then makes the call once more, or reads its result, or fails the step by its policy.
    """
    job = await doubtful_jobs.asked_of_step(tx, step.tenant_id, step.step_id)
    if step.status is not StepStatus.OUTCOME_UNKNOWN or job is None:
        return None
    match verdict.decision:
        case OutcomeDecision.RETRY:
            await doubtful_jobs.permit_start(tx, step.tenant_id, job.job_id)
        case OutcomeDecision.ACCEPT:
            said = f": {verdict.comment}" if verdict.comment else ""
            document = accepted_document(job, result=verdict.result, detail=f"accepted by user {verdict.by}{said}")
            await doubtful_jobs.accept(tx, step.tenant_id, job.job_id, result=document)
        case OutcomeDecision.FAIL:
            await doubtful_jobs.give_up(tx, step.tenant_id, job.job_id)
    await _go_on(tx, step)
    decided = StepOutcomeDecided(
        step_id=step.step_id, name=step.name, job_id=job.job_id, decision=verdict.decision, by=verdict.by
    )
    await run_events.append(tx, step.tenant_id, step.run_id, [decided])
    await set_clock(tx, step.tenant_id, step.run_id)
    return job.job_id


async def _go_on(tx: Transaction, step: LockedStep) -> None:
    """Enqueues the step with its token; one that has none yet is enqueued by the execution of its generation."""
    row = (
        await tx.execute(
            text(
                """UPDATE steps SET status = 'QUEUED'
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND status = 'OUTCOME_UNKNOWN'
                   RETURNING generation, tick, task_token"""
            ),
            {"tenant_id": step.tenant_id, "step_id": step.step_id},
        )
    ).one()
    if row.task_token is not None:
        dispatch = StepDispatch(step.tenant_id, step.run_id, step.step_id, row.generation, row.tick, row.task_token)
        await outbox.write(tx, step.tenant_id, [step_message(dispatch)])
