"""Gathers what is known of a run, and explains it."""

from control_plane.execution.runs import read
from control_plane.identity.callers import ApiCaller
from control_plane.insight.explanations.doing import TAKE_TURNS, doings
from control_plane.insight.explanations.explain import Known, explain
from control_plane.insight.explanations.schemas import Doing, Explanation
from foundation.contracts.run_events import RunPaused, StepRetrying
from foundation.domain.ids import RunId, StepId
from foundation.domain.states import StepStatus
from foundation.storage import tasks
from foundation.storage.execution import approvals, doubtful_jobs, run_events, steps, tool_events, turns
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
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
    doing = await _doings(tx, caller, run, rows)
    return explain(Known(run, rows, paused, requests, stalls, doubts, failed, doings=doing))


async def _doings(tx: Transaction, caller: ApiCaller, run: Run, rows: list[StepRow]) -> dict[StepId, Doing]:
    take_turns = [row for row in rows if row.kind in TAKE_TURNS and not row.status.is_terminal]
    standing = await turns.standing(tx, caller.tenant_id, [row.step_id for row in take_turns])
    if not standing:
        return {}
    task = await tasks.get(tx, caller.tenant_id, run.task_id, version=run.task_version)
    return doings(take_turns, task, run.overrides, standing)
