"""Records that a step waits for a person's decision; its worker is free again."""

from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow.approvals import requests
from foundation.workflow.approvals.standing_clock import set_clock
from orchestrator.recording.closing import close


async def record_asked(tx: Transaction, lease: LeaseFence, request: ApprovalRequest) -> None:
    """Parks the step with its token; the run's clock stands if nothing else can run."""
    events = await requests.ask(tx, lease, request)
    await close(tx, lease, *events)
    await set_clock(tx, lease.dispatch.tenant_id, lease.dispatch.run_id)
