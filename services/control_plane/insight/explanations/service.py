"""Gathers what is known of a run, and explains it."""

from control_plane.execution.runs import read
from control_plane.identity.callers import ApiCaller
from control_plane.insight.explanations.explain import Known, explain
from control_plane.insight.explanations.schemas import Explanation
from foundation.contracts.run_events import RunPaused, StepRetrying
from foundation.domain.ids import RunId
from foundation.domain.states import StepStatus
from foundation.storage.execution import approvals, doubtful_jobs, run_events, steps, tool_events
from foundation.storage.session.database import Transaction
from foundation.workflow.reruns import reopening
from foundation.workflow.stalls import faults


async def explanation(tx: Transaction, caller: ApiCaller, run_id: RunId) -> Explanation:
    run = await read.get(tx, caller, run_id)
    rows = await steps.of_run(tx, caller.tenant_id, run_id)
    if run.status.is_terminal:
        by_name = await tool_events.steps_with_unknown_outcome(tx, caller.tenant_id, run_id)
        by_name |= await reopening.steps_without_checkpoint(tx, caller.tenant_id, run_id)
        return explain(Known(run, rows, unnamed=by_name))
    paused = await run_events.latest(tx, caller.tenant_id, run_id, RunPaused) if run.pause_reason else None
    requests = await approvals.pending_of_run(tx, caller.tenant_id, run_id)
    stalls = await faults.find_with_unanswerable(tx, caller.tenant_id, run_id=run_id)
    doubts = await doubtful_jobs.asked_of_run(tx, caller.tenant_id, run_id)
    retrying = [row.step_id for row in rows if row.status is StepStatus.RETRYING]
    failed = await run_events.latest_of_steps(tx, caller.tenant_id, run_id, StepRetrying, retrying)
    return explain(Known(run, rows, paused, requests, stalls, doubts, failed))
