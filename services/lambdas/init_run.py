"""InitRun: opens a generation, inserts the steps once, and returns the branches of the Map."""

from typing import Any

from foundation.contracts.definition import definition_faults
from foundation.contracts.run_events import RunRunning
from foundation.contracts.step_message import ExecutionInput
from foundation.domain.errors import InvalidDefinition
from foundation.domain.failures import Failure
from foundation.domain.plan import INLINE_STEPS
from foundation.domain.states import RunStatus
from foundation.storage.execution import run_events
from foundation.storage.session.database import Database
from foundation.workflow import callbacks, endings, plans, run_control
from foundation.workflow.standing_clock import set_clock_above
from lambdas.container import Function


async def init_run(database: Database, request: ExecutionInput) -> dict[str, Any]:
    """`mode` is `inline`, `distributed`, or `none` when this generation has nothing (more) to do."""
    async with database.tenant(request.tenant_id) as tx:
        # Steps before their run, as in every transaction, so that none waits for another in a circle.
        run = await run_control.lock_run_and_unfinished_steps(tx, request.tenant_id, request.run_id)
        if run is None or run.generation != request.generation:
            return {"mode": "none", "reason": "this generation is over", "items": []}
        if run.status not in {RunStatus.PENDING, RunStatus.RUNNING}:
            return {"mode": "none", "reason": f"the run is {run.status}", "items": []}
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        # A later generation, or a repeat of this call, finds the steps that the first one has inserted.
        if not await plans.has_steps(tx, run.tenant_id, run.run_id):
            if faults := definition_faults(plan.definition):
                detail = "; ".join(fault.detail for fault in faults)
                failure = Failure(InvalidDefinition.code, detail, retryable=False)
                await endings.end_refused(tx, run, failure=failure)
                return {"mode": "none", "reason": "the definition is invalid", "items": []}
            await plans.insert_steps(tx, run.tenant_id, run.run_id, plan.definition, generation=run.generation)
        seconds = await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)
        await run_events.append(tx, run.tenant_id, run.run_id, [RunRunning(generation=run.generation)])
        await set_clock_above(tx, run.tenant_id, run.parent_run_id)
        branches = await plans.open_branches(tx, run.tenant_id, run.run_id)
    timeout = callbacks.timeout_seconds(seconds)
    items = [callbacks.map_item(branch, timeout=timeout).model_dump(mode="json") for branch in branches]
    mode = "inline" if len(plan.definition.steps) <= INLINE_STEPS else "distributed"
    return {"mode": mode, "reason": "", "items": items}


handler = Function("init_run", ExecutionInput, init_run)
