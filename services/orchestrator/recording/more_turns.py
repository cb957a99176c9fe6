"""Records a tick after which more turns follow; Step Functions brings the next tick to any worker."""

from foundation.contracts.run_events import StepTurn
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes, plans
from orchestrator.recording.closing import close, write_records
from orchestrator.work import MoreTurns


async def record_more_turns(tx: Transaction, lease: LeaseFence, outcome: MoreTurns) -> None:
    """Hands the step back for its next tick, and stores the turns of this one."""
    dispatch = lease.dispatch
    tick = await outcomes.next_tick(
        tx,
        dispatch.tenant_id,
        dispatch.step_id,
        fence=lease.fence,
        turn=outcome.turn,
        partial=outcome.partial,
    )
    await write_records(tx, outcome.records)
    seconds = await plans.seconds_to_deadline(tx, dispatch.tenant_id, dispatch.run_id)
    event = StepTurn(step_id=dispatch.step_id, turn=outcome.turn)
    if outcome.left_out is not None:
        event = StepTurn(step_id=dispatch.step_id, turn=outcome.turn, left_out=outcome.left_out)
    await close(tx, lease, event, effects=[callbacks.next_tick(dispatch, tick=tick, seconds_left=seconds)])
