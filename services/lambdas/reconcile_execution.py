"""reconcile_execution: a run whose execution was ended from outside ends with it."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from foundation.contracts.step_message import ExecutionInput
from foundation.domain.states import RunStatus
from foundation.storage import plans, run_control
from foundation.storage.database import Database
from lambdas.container import Function
from lambdas.finalize_run import result_of

_CAUSES = {"FAILED": RunStatus.FAILED, "TIMED_OUT": RunStatus.TIMED_OUT, "ABORTED": RunStatus.CANCELLED}


class _Detail(BaseModel):
    model_config = ConfigDict(extra="ignore")

    executionArn: str  # noqa: N815 - EventBridge's name
    status: str
    input: str | dict[str, Any] | None = None


class StatusChange(BaseModel):
    """EventBridge's "Step Functions Execution Status Change", as far as it is needed."""

    model_config = ConfigDict(extra="ignore")

    detail: _Detail


async def reconcile_execution(database: Database, event: StatusChange) -> dict[str, Any]:
    """Ends the run of this very generation if it is still open; an event of a past one changes nothing."""
    cause = _CAUSES.get(event.detail.status)
    document = event.detail.input
    if cause is None or not document:
        return {"changed": False}
    request = ExecutionInput.model_validate(json.loads(document) if isinstance(document, str) else document)
    name = event.detail.executionArn.rsplit(":", 1)[-1]
    if name != f"{request.run_id}-{request.generation}":
        return {"changed": False}
    async with database.tenant(request.tenant_id) as tx:
        await run_control.lock_unfinished_steps(tx, request.tenant_id, request.run_id)
        run = await run_control.lock_run(tx, request.tenant_id, request.run_id)
        if run is None or run.generation != request.generation:
            return {"changed": False}
        if run.status not in {RunStatus.PENDING, RunStatus.RUNNING}:
            return {"changed": False}
        error = {"code": "execution_ended", "detail": f"the execution was {event.detail.status} from outside"}
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=cause, error=error)
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        steps = await plans.ended_steps(tx, run.tenant_id, run.run_id)
        result = result_of(steps, first_cause=plan.stop_cause or cause, first_error=plan.error)
        await run_control.end_run(tx, run, status=result.status, output=result.output, error=result.error)
    return {"changed": True, "status": result.status.value}


handler = Function("reconcile_execution", StatusChange, reconcile_execution)
