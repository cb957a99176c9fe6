"""Records a step that its definition lets be left out: by its condition, or for want of what it reads."""

from foundation.contracts.run_events import StepSkipped
from foundation.domain.failures import Failure
from foundation.domain.states import StepStatus
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from foundation.workflow.failures.placing import place
from orchestrator.claiming.taking import Taker
from orchestrator.recording.closing import go_on
from orchestrator.work import Work


async def record_left_out(
    tx: Transaction, lease: LeaseFence, reason: Failure, *, taker: Taker, free_slots: int
) -> list[Work]:
    """Skips the step that its definition lets be left out; to its dependents it has ended, without an output."""
    dispatch = lease.dispatch
    why = await place(tx, dispatch.tenant_id, dispatch.run_id, reason, step=lease.name)
    await outcomes.end(
        tx,
        dispatch.tenant_id,
        dispatch.step_id,
        fence=lease.fence,
        status=StepStatus.SKIPPED,
        skip_reason=why,
        excused=True,
    )
    event = StepSkipped(step_id=dispatch.step_id, name=lease.name, reason=why.as_json())
    released = await outcomes.release_dependents(tx, dispatch.tenant_id, dispatch.step_id)
    return await go_on(tx, lease, [event], released, taker=taker, free_slots=free_slots)
