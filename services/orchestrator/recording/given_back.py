"""Records that a stopping worker hands a step back untouched; its message is sent again for another worker."""

from foundation.contracts.run_events import StepGivenBack
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from foundation.workflow.messages import step_message
from orchestrator.recording.closing import close


async def record_given_back(tx: Transaction, lease: LeaseFence) -> None:
    """Returns the step as if it had not been taken; the attempt does not count."""
    dispatch = lease.dispatch
    await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence, retry_seconds=None)
    event = StepGivenBack(step_id=dispatch.step_id, name=lease.name)
    await close(tx, lease, event, effects=[step_message(dispatch)])
