"""Records that a step waits without a worker: for a person's decision, or for the run that it starts."""

from collections.abc import Sequence

from foundation.contracts.run_events import StepWaiting
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow.approvals import requests
from foundation.workflow.standing_clock import set_clock
from foundation.workflow.sub_runs import starting
from foundation.workflow.sub_runs.planning import RunPlan
from orchestrator.recording.closing import close


async def record_asked(tx: Transaction, lease: LeaseFence, asked: Sequence[ApprovalRequest]) -> None:
    """Parks the step with its token, and makes the requests unless they are there."""
    await _close(tx, lease, await requests.ask(tx, lease, asked))


async def record_awaits_run(tx: Transaction, lease: LeaseFence, plan: RunPlan) -> None:
    """Parks the step with its token, and starts its run or opens it again unless it is open."""
    await _close(tx, lease, await starting.carry_out(tx, lease, plan))


async def _close(tx: Transaction, lease: LeaseFence, events: Sequence[StepWaiting]) -> None:
    """The run's clock stands from here on if nothing else can run."""
    await close(tx, lease, *events)
    await set_clock(tx, lease.dispatch.tenant_id, lease.dispatch.run_id)
