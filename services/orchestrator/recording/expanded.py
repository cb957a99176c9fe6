"""Records a step whose items run next; Step Functions brings its next tick when they have ended."""

from foundation.contracts.run_events import StepExpandedEvent
from foundation.storage.execution import items
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes, plans
from orchestrator.recording.closing import close
from orchestrator.work import StepExpanded


async def record_expanded(tx: Transaction, lease: LeaseFence, outcome: StepExpanded) -> None:
    """Opens the rows of new items, and has the open ones run; the step's own clock stands until they have ended."""
    dispatch = lease.dispatch
    tick = await outcomes.wait_for_items(tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence)
    if outcome.values:
        await items.open_rows(tx, dispatch.tenant_id, dispatch.step_id, outcome.values)
    branches = await items.open_items(tx, dispatch.tenant_id, dispatch.step_id)
    seconds = await plans.seconds_to_deadline(tx, dispatch.tenant_id, dispatch.run_id)
    callback = callbacks.expand(dispatch, branches, tick=tick, seconds_left=seconds, max_parallel=outcome.max_parallel)
    event = StepExpandedEvent(
        step_id=dispatch.step_id, name=lease.name, items=len(branches), max_parallel=outcome.max_parallel
    )
    await close(tx, lease, event, effects=[callback])
