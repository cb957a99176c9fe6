"""Records a step whose model call exceeded a budget: the spent scope decides what ends and what waits."""

from foundation.contracts.run_events import RunPaused
from foundation.domain.errors import BudgetExceeded, Failure
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes, run_control, step_endings
from orchestrator.recording.closing import end_failed
from orchestrator.recording.failed import record_failed


async def record_out_of_budget(
    tx: Transaction, lease: LeaseFence, error: BudgetExceeded, *, pause_seconds: float
) -> None:
    """A spent step scope fails the step, a spent run scope ends the run; any wider one pauses the run.

    An unknown scope pauses the run as well, because a pause can be resumed and an end cannot.
    """
    failure = Failure(error.code, error.detail)
    match error.scope:
        case "step":
            await record_failed(tx, lease, failure)
        case "run":
            await _end_run(tx, lease, failure)
        case _:
            await _pause_run(tx, lease, error, pause_seconds=pause_seconds)


async def _end_run(tx: Transaction, lease: LeaseFence, failure: Failure) -> None:
    dispatch = lease.dispatch
    await end_failed(tx, lease, step_endings.placed(failure, step=lease.name))
    await run_control.lock_unfinished_steps(tx, dispatch.tenant_id, dispatch.run_id)
    await run_control.stop_unfinished(
        tx, dispatch.tenant_id, dispatch.run_id, cause=RunStatus.BUDGET_EXCEEDED, error=failure.as_json()
    )
    await outbox.write(tx, dispatch.tenant_id, [callbacks.done(dispatch)])


async def _pause_run(tx: Transaction, lease: LeaseFence, error: BudgetExceeded, *, pause_seconds: float) -> None:
    dispatch = lease.dispatch
    await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence, retry_seconds=None)
    run = await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id)
    if run is not None and run.status is RunStatus.RUNNING:
        paused = RunPaused(
            reason=PauseReason.BUDGET,
            scope=error.scope,
            detail=error.detail,
            resets_at=error.remaining.get("resets_at"),
            again_in_seconds=pause_seconds,
        )
        await run_control.pause(tx, run, paused)
