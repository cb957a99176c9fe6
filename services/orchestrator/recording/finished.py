"""Records a step that succeeded, and releases the steps that waited for nothing else."""

from collections.abc import Sequence

from foundation.contracts.run_events import StepSucceeded
from foundation.domain.states import StepStatus
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes
from foundation.workflow.messages import step_message
from orchestrator.claiming.taking import Taker
from orchestrator.recording.closing import close, write_records
from orchestrator.work import StepFinished, Work


async def record_finished(
    tx: Transaction, lease: LeaseFence, outcome: StepFinished, *, taker: Taker, free_slots: int
) -> list[Work]:
    """Ends the step; dependents that became free are claimed for this worker as far as it has slots, else enqueued."""
    dispatch = lease.dispatch
    await outcomes.end(
        tx,
        dispatch.tenant_id,
        dispatch.step_id,
        fence=lease.fence,
        status=StepStatus.SUCCESS,
        output=outcome.output,
        turn=outcome.turn,
    )
    await write_records(tx, outcome.records)
    released = await outcomes.release_dependents(tx, dispatch.tenant_id, dispatch.step_id)
    claimed = await _claim(tx, released[: max(free_slots, 0)], taker)
    messages = [step_message(step) for step in released[len(claimed) :]]
    await outbox.write(tx, dispatch.tenant_id, [callbacks.done(dispatch), *messages])
    await close(tx, lease, StepSucceeded(step_id=dispatch.step_id, name=lease.name))
    return claimed


async def _claim(tx: Transaction, released: Sequence[StepDispatch], taker: Taker) -> list[Work]:
    """Claims in the same transaction, without the queue; stops at the first step that may not run now."""
    claimed: list[Work] = []
    for step in released:
        work = await taker.claim(tx, step)
        if work is None:
            break
        claimed.append(work)
    return claimed
