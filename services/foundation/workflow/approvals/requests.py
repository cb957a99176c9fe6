"""Parks a step that waits for an approval; it is ended by a decision, and no worker holds it meanwhile."""

from sqlalchemy import text

from foundation.contracts.run_events import StepWaiting
from foundation.domain.errors import LeaseLost
from foundation.domain.states import WaitReason
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Transaction


async def ask(tx: Transaction, lease: LeaseFence, request: ApprovalRequest) -> list[StepWaiting]:
    """Hands a held step over to those who may decide, and makes the request, unless an earlier claim has made it.

    Returns the event of a new request. `LeaseLost` when the fence has been raised since.
    """
    dispatch = lease.dispatch
    row = await tx.execute(
        text(
            """UPDATE steps SET status = 'WAITING', wait_reason = 'approval', waiting_since = now(),
                                lease_expires_at = NULL, worker_id = NULL, deadline_at = NULL, clock_left = NULL
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {"tenant_id": dispatch.tenant_id, "step_id": dispatch.step_id, "fence": lease.fence},
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now; its request was not made")
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


async def keep_token(tx: Transaction, dispatch: StepDispatch) -> bool:
    """Keeps another message's token for a step that waits for an approval; False when it does not wait any more."""
    row = await tx.execute(
        text(
            """UPDATE steps SET task_token = :task_token
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND generation = :generation AND tick = :tick
                 AND status = 'WAITING' AND wait_reason = 'approval'
               RETURNING 1"""
        ),
        {
            "tenant_id": dispatch.tenant_id,
            "step_id": dispatch.step_id,
            "generation": dispatch.generation,
            "tick": dispatch.tick,
            "task_token": dispatch.task_token,
        },
    )
    return row.first() is not None
