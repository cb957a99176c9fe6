"""Gathers what is known of a run, and explains it."""

from control_plane.explanations.explain import Known, explain
from control_plane.explanations.schemas import Explanation
from control_plane.identity.callers import ApiCaller
from control_plane.runs import read
from foundation.contracts.run_events import RunPaused
from foundation.domain.ids import RunId
from foundation.storage.execution import approvals, doubtful_jobs, run_events, steps
from foundation.storage.session.database import Transaction
from foundation.workflow.stalls import faults


async def explanation(tx: Transaction, caller: ApiCaller, run_id: RunId) -> Explanation:
    run = await read.get(tx, caller, run_id)
    rows = await steps.of_run(tx, caller.tenant_id, run_id)
    if run.status.is_terminal:
        return explain(Known(run, rows))
    paused = await run_events.latest(tx, caller.tenant_id, run_id, RunPaused) if run.pause_reason else None
    requests = await approvals.pending_of_run(tx, caller.tenant_id, run_id)
    stalls = await faults.find_with_unanswerable(tx, caller.tenant_id, run_id=run_id)
    doubts = await doubtful_jobs.asked_of_run(tx, caller.tenant_id, run_id)
    return explain(Known(run, rows, paused, requests, stalls, doubts))
