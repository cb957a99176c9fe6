"""Records a step that succeeded, and releases the steps that waited for nothing else."""

from foundation.contracts.run_events import StepSucceeded
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from orchestrator.claiming.taking import Taker
from orchestrator.recording.closing import go_on, write_records
from orchestrator.work import StepFinished, Work


async def record_finished(
    tx: Transaction, lease: LeaseFence, outcome: StepFinished, *, taker: Taker, free_slots: int
) -> list[Work]:
    """Ends the step; dependents that became free are claimed for this worker as far as it has slots, else enqueued."""
    dispatch = lease.dispatch
    released = await outcomes.succeed(tx, lease, output=outcome.output, turn=outcome.turn)
    await write_records(tx, outcome.records)
    event = StepSucceeded(step_id=dispatch.step_id, name=lease.name)
    return await go_on(tx, lease, [*outcome.events, event], released, taker=taker, free_slots=free_slots)
