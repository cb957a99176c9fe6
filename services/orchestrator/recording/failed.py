"""Records a step that failed for good, and skips the steps that need it or stops the whole run."""

from collections.abc import Sequence

from foundation.contracts.run_events import RunEvent, StepFailed, StepSkipped
from foundation.domain.errors import Failure
from foundation.domain.failure_codes import FailureCode
from foundation.domain.states import RecoveryPolicy, RunStatus
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.outbox import OutboxEffect
from foundation.workflow import callbacks, outcomes, run_control
from orchestrator.recording.closing import close, end_failed, placed, write_records
from orchestrator.work import Record


async def record_failed(
    tx: Transaction, lease: LeaseFence, failure: Failure, *, records: Sequence[Record] = (), output: object = None
) -> None:
    """Ends the step as FAILED, and treats the rest of its run by the task's `on_step_failure`."""
    dispatch = lease.dispatch
    failure = placed(failure, lease)
    await end_failed(tx, lease, failure, output=output)
    await write_records(tx, records)
    effects = [callbacks.done(dispatch)]
    events: list[RunEvent] = [StepFailed(step_id=dispatch.step_id, name=lease.name, error=failure.as_json())]
    if lease.on_step_failure is RecoveryPolicy.SKIP_DEPENDENTS:
        more_effects, more_events = await _skip_dependents(tx, lease, failure)
        effects += more_effects
        events += more_events
    else:
        await run_control.stop_unfinished(
            tx, dispatch.tenant_id, dispatch.run_id, cause=RunStatus.FAILED, error=failure.as_json()
        )
    await outbox.write(tx, dispatch.tenant_id, effects)
    await close(tx, lease, *events)


async def _skip_dependents(
    tx: Transaction, lease: LeaseFence, failure: Failure
) -> tuple[list[OutboxEffect], list[StepSkipped]]:
    error = dependency_failure(failure, step=lease.name).as_json()
    skipped = await outcomes.skip_dependents(tx, lease.dispatch.tenant_id, lease.dispatch.step_id, error=error)
    effects = [callbacks.done(step.waiting) for step in skipped if step.waiting]
    return effects, [StepSkipped(step_id=step.step_id, name=step.name, error=error) for step in skipped]


def dependency_failure(failure: Failure, *, step: str) -> Failure:
    """Why a dependent of the failed step never ran; the failure itself is its cause."""
    detail = f"step {step} failed: {failure.detail}"
    return Failure(FailureCode.DEPENDENCY_FAILED, detail, step=step, causes=(failure,))
