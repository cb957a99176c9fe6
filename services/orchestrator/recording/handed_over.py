"""Records that a step waits without a worker: for a person's decision, or for the run that it starts."""

from collections.abc import Sequence

from foundation.contracts.run_events import RunEvent
from foundation.domain.tools import UnknownOutcomePolicy
from foundation.storage.execution import doubtful_jobs
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.session.database import Transaction
from foundation.telemetry import metrics
from foundation.workflow.approvals import requests
from foundation.workflow.standing_clock import set_clock
from foundation.workflow.sub_runs import starting
from foundation.workflow.sub_runs.planning import RunPlan
from foundation.workflow.unknown_outcomes import asking
from orchestrator.recording.closing import close


async def record_asked(tx: Transaction, lease: LeaseFence, asked: Sequence[ApprovalRequest]) -> None:
    """Parks the step with its token, and makes the requests unless they are there."""
    await _close(tx, lease, await requests.ask(tx, lease, asked))


async def record_awaits_run(tx: Transaction, lease: LeaseFence, plan: RunPlan) -> None:
    """Parks the step with its token, and starts its run or opens it again unless it is open."""
    await _close(tx, lease, await starting.carry_out(tx, lease, plan))


async def record_in_doubt(tx: Transaction, lease: LeaseFence, job: DoubtfulJob) -> None:
    """Parks the step with its token until somebody has decided what becomes of the job."""
    await _close(tx, lease, [await asking.ask(tx, lease, job)])
    metrics.UNKNOWN_OUTCOMES.labels(job.tool, UnknownOutcomePolicy.ASK.value).inc()


async def record_lost_in_doubt(tx: Transaction, lease: LeaseFence) -> bool:
    """Asks about what a holder that is gone had begun and may not be repeated; False when there is nothing to ask."""
    dispatch = lease.dispatch
    job = await doubtful_jobs.first_of_step(tx, dispatch.tenant_id, dispatch.step_id)
    if job is None:
        return False
    policy = await asking.policy_of(tx, dispatch.tenant_id, dispatch.run_id, step=lease.name)
    if policy is not UnknownOutcomePolicy.ASK:
        return False
    await record_in_doubt(tx, lease, job)
    return True


async def _close(tx: Transaction, lease: LeaseFence, events: Sequence[RunEvent]) -> None:
    """The run's clock stands from here on if nothing else can run."""
    await close(tx, lease, *events)
    await set_clock(tx, lease.dispatch.tenant_id, lease.dispatch.run_id)
