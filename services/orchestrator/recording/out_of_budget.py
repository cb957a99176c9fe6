"""Records a step whose model call exceeded a budget: the spent scope decides what ends and what waits."""

from foundation.contracts.run_events import RunPaused, StepFailed
from foundation.domain.budget_scopes import KILL_SWITCH_SCOPE
from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import Failure
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes, run_control
from foundation.workflow.failures.placing import place
from orchestrator.recording.closing import end_failed
from orchestrator.recording.failed import record_failed
from orchestrator.work import TurnsTaken


async def record_out_of_budget(
    tx: Transaction,
    lease: LeaseFence,
    error: BudgetExceeded,
    *,
    pause_seconds: float,
    taken: TurnsTaken | None = None,
) -> None:
    """A spent step scope fails the step, a spent run scope ends the run; any wider one pauses the run.

    So does a kill switch, until it is lifted. An unknown scope pauses the run as well, because a pause can be resumed
    and an end cannot.
    """
    failure = Failure(error.code, error.detail, retryable=False, figures=error.data())
    match error.scope:
        case "step":
            await record_failed(tx, lease, failure, taken=taken)
        case "run":
            await _end_run(tx, lease, failure, taken)
        case _:
            await _pause_run(tx, lease, error, pause_seconds=pause_seconds)


async def _end_run(tx: Transaction, lease: LeaseFence, failure: Failure, taken: TurnsTaken | None) -> None:
    dispatch = lease.dispatch
    tenant_id, run_id = dispatch.tenant_id, dispatch.run_id
    # The others first, as the held step need not be the one with the lowest id.
    await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
    placed = await place(tx, tenant_id, run_id, failure, step=lease.name)
    told = await end_failed(tx, lease, placed, taken=taken)
    failed = StepFailed(step_id=dispatch.step_id, name=lease.name, error=placed.as_json())
    await run_events.append(tx, tenant_id, run_id, [*told, failed])
    await run_control.stop_unfinished(tx, tenant_id, run_id, cause=RunStatus.BUDGET_EXCEEDED, error=placed)
    await outbox.write(tx, tenant_id, [callbacks.done(dispatch)])


async def _pause_run(tx: Transaction, lease: LeaseFence, error: BudgetExceeded, *, pause_seconds: float) -> None:
    dispatch = lease.dispatch
    await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence, retry_seconds=None)
    run = await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id)
    stopped = error.scope == KILL_SWITCH_SCOPE
    if run is not None and run.status is RunStatus.RUNNING:
        paused = RunPaused(
            reason=PauseReason.KILL_SWITCH if stopped else PauseReason.BUDGET,
            scope=error.scope,
            detail=error.detail,
            budget=error.budget or None,
            resets_at=error.remaining.get("resets_at"),
            again_in_seconds=None if stopped else pause_seconds,
        )
        await run_control.pause(tx, run, paused)
