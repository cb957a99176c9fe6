"""What the end of a step does to the rest of its run; each function is one part of the caller's transaction."""

from dataclasses import dataclass, replace

from foundation.contracts.run_events import RunEvent, StepFailed, StepSkipped
from foundation.domain.failures import FailureCode, PlacedFailure
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import RecoveryPolicy, RunStatus
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import callbacks, outcomes, run_control, stops
from foundation.workflow.messages import step_message


async def policy_of(tx: Transaction, tenant_id: TenantId, run_id: RunId, *, step: str) -> RecoveryPolicy:
    """What a failure of the step means: its own `on_failure`, else the task's `on_step_failure`.

    That of an item (`name[index]`) is for the step to judge whose item it is.
    """
    if "[" in step:
        return RecoveryPolicy.CONTINUE
    row = await tx.execute(
        text(
            """SELECT COALESCE(
                          jsonb_path_query_first(v.definition, '$.steps[*] ? (@.name == $name)',
                                                 jsonb_build_object('name', CAST(:name AS text))) ->> 'on_failure',
                          v.definition ->> 'on_step_failure')
               FROM runs r JOIN task_versions v
                 ON v.tenant_id = r.tenant_id AND v.task_id = r.task_id AND v.version = r.task_version
               WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "name": step},
    )
    return RecoveryPolicy(row.scalar_one())


@dataclass(frozen=True, slots=True)
class EndingStep:
    """A step that ends in this transaction, whoever ends it."""

    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    name: str
    waiting: StepDispatch | None
    """The dispatch whose token must be answered, as the execution waits for it; None where there is no token."""


async def follow_success(tx: Transaction, step: EndingStep) -> None:
    """Enqueues the dependents that waited for nothing else, and answers the step's token."""
    released = await outcomes.release_dependents(tx, step.tenant_id, step.step_id)
    answers = [callbacks.done(step.waiting)] if step.waiting else []
    await outbox.write(tx, step.tenant_id, [*answers, *(step_message(dependent) for dependent in released)])


async def follow_failure(
    tx: Transaction, step: EndingStep, failure: PlacedFailure, *, policy: RecoveryPolicy
) -> list[RunEvent]:
    """Skips the dependents, lets them go on or stops the run; returns the events, which are appended last.

    Every token that is waited for is answered.
    """
    events: list[RunEvent] = [StepFailed(step_id=step.step_id, name=step.name, error=failure.as_json())]
    effects = [callbacks.done(step.waiting)] if step.waiting else []
    match policy:
        case RecoveryPolicy.SKIP_DEPENDENTS:
            below = dependency_failure(failure, step=step.name)
            skipped = await stops.skip_dependents(tx, step.tenant_id, step.step_id, error=below)
            effects += [callbacks.done(one.waiting) for one in skipped if one.waiting]
            events += [StepSkipped(step_id=one.step_id, name=one.name, error=below.as_json()) for one in skipped]
        case RecoveryPolicy.CONTINUE:
            released = await outcomes.release_dependents(tx, step.tenant_id, step.step_id)
            effects += [step_message(one) for one in released]
        case RecoveryPolicy.FAIL:
            await run_control.stop_unfinished(tx, step.tenant_id, step.run_id, cause=RunStatus.FAILED, error=failure)
    await outbox.write(tx, step.tenant_id, effects)
    return events


def dependency_failure(failure: PlacedFailure, *, step: str) -> PlacedFailure:
    """Why a dependent of the failed step never ran; the failure itself is its cause, and gives it its place."""
    detail = f"step {step} failed: {failure.detail}"
    return replace(failure, code=FailureCode.DEPENDENCY_FAILED, detail=detail, step=step, causes=(failure,), figures={})
