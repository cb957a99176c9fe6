"""Parks a step that waits for an approval; it is ended by a decision, and no worker holds it meanwhile."""

from foundation.contracts.run_events import StepWaiting
from foundation.domain.states import WaitReason
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow.claims import hand_over


async def ask(tx: Transaction, lease: LeaseFence, request: ApprovalRequest) -> list[StepWaiting]:
    """Hands a held step over to those who may decide, and makes the request, unless an earlier claim has made it.

    Returns the event of a new request. `LeaseLost` when the fence has been raised since.
    """
    dispatch = lease.dispatch
    await hand_over(tx, lease, WaitReason.APPROVAL)
    made = await approvals.open_request(tx, dispatch.tenant_id, dispatch.run_id, dispatch.step_id, request)
    if not made.is_new:
        return []
    event = StepWaiting(
        step_id=dispatch.step_id,
        waits_for=WaitReason.APPROVAL,
        approval_id=made.approval_id,
        expires_at=made.expires_at,
    )
    return [event]
