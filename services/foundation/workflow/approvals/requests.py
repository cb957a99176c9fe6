"""Parks a step that waits for approvals; no worker holds it meanwhile."""

from collections.abc import Sequence

from foundation.contracts.run_events import StepWaiting
from foundation.domain.ids import StepId, TenantId
from foundation.domain.states import WaitReason
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import claims
from foundation.workflow.messages import step_message


async def ask(tx: Transaction, lease: LeaseFence, requests: Sequence[ApprovalRequest]) -> list[StepWaiting]:
    """Hands a held step over to those who may decide, and makes the requests that no earlier claim has made.

    Returns the events of new requests. Where all was decided in the meantime, the step is enqueued again. `LeaseLost`
    when the fence has been raised since.
    """
    dispatch = lease.dispatch
    await claims.hand_over(tx, lease, WaitReason.APPROVAL)
    made = [
        await approvals.open_request(tx, dispatch.tenant_id, dispatch.run_id, dispatch.step_id, request)
        for request in requests
    ]
    if not any(one.is_pending for one in made):
        await go_on(tx, dispatch.tenant_id, dispatch.step_id)
    return [
        StepWaiting(
            step_id=dispatch.step_id,
            waits_for=WaitReason.APPROVAL,
            approval_id=one.approval_id,
            expires_at=one.expires_at,
        )
        for one in made
        if one.is_new
    ]


async def go_on(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> None:
    """Enqueues a step that waits for nobody any more; nothing when it does not wait, as a worker is about to look."""
    dispatch = await claims.take_back(tx, tenant_id, step_id)
    if dispatch is not None:
        await outbox.write(tx, tenant_id, [step_message(dispatch)])
