"""Has a run follow the one above it: it is cancelled with its step, paused and resumed with the run of that step."""

from foundation.contracts.run_events import RunPaused
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import PauseReason, RunStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import endings, run_control


async def follow_parent(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Does to an open run what the state of the run above asks for now, however often and in whatever order it is told.

    The run is locked before the state above is read, so that of two who are told at once the second sees what the
    other saw, or something newer. Nothing above is locked.
    """
    run = await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
    if run is None or run.status.is_terminal or run.parent_run_id is None:
        return
    row = await tx.execute(
        text(
            """SELECT p.status, s.name, s.ended_at IS NOT NULL AS step_ended FROM runs p
               JOIN steps s ON s.tenant_id = p.tenant_id AND s.step_id = :step_id
               WHERE p.tenant_id = :tenant_id AND p.run_id = :parent"""
        ),
        {"tenant_id": tenant_id, "parent": run.parent_run_id, "step_id": run.parent_step_id},
    )
    above = row.one()
    status = RunStatus(above.status)
    if above.step_ended or status.is_terminal:
        detail = f"step {above.name} of run {run.parent_run_id}, which started it, does not wait for it any more"
        await endings.cancel(tx, run, failure=Failure(FailureCode.CANCELLED, detail, retryable=False))
    elif status is RunStatus.PAUSED and run.status is not RunStatus.PAUSED:
        await run_control.pause(tx, run, RunPaused(reason=PauseReason.PARENT))
    elif status is not RunStatus.PAUSED and run.pause_reason is PauseReason.PARENT:
        await run_control.open_generation(tx, run, reason=f"run {run.parent_run_id} above was resumed")
