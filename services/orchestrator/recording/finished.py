"""Records a step that succeeded, and releases the steps that waited for nothing else."""

from foundation.contracts.run_events import StepSucceeded
from foundation.domain.states import StepStatus
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from orchestrator.claiming.taking import Taker
from orchestrator.recording.closing import release, write_records
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
    return await release(tx, lease, StepSucceeded(step_id=dispatch.step_id, name=lease.name), taker, free_slots)
