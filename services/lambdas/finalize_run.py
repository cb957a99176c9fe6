"""Finalize: derives the run's end from its steps and writes it down."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from foundation.contracts.step_message import ExecutionInput
from foundation.domain.states import RunStatus, StepStatus, outcome_of
from foundation.storage import plans, run_control
from foundation.storage.database import Database
from foundation.storage.plans import EndedStep
from lambdas.container import Function


class FinalizeRequest(ExecutionInput):
    """`fault` is what Step Functions caught, when the Map did not end by itself."""

    fault: dict[str, Any] | None = None


class _Result(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: RunStatus
    output: dict[str, Any]
    error: dict[str, Any] | None


def result_of(steps: list[EndedStep], *, first_cause: RunStatus | None, first_error: dict[str, Any] | None) -> _Result:
    """The run's state, the outputs of its last good steps, and the failures that it ended with."""
    status = outcome_of([step.status for step in steps], first_cause=first_cause)
    succeeded = {step.name: step.output for step in steps if step.status is StepStatus.SUCCESS}
    sinks = {step.name: step.output for step in steps if step.is_sink and step.status is StepStatus.SUCCESS}
    if status is RunStatus.COMPLETED:
        return _Result(status=status, output=sinks, error=None)
    failures = [dict(step.error or {}, step=step.name) for step in steps if step.status is StepStatus.FAILED]
    detail = "; ".join(f"step {f['step']}: {f.get('detail', 'failed')}" for f in failures) or f"the run is {status}"
    derived = {"code": "steps_failed" if failures else status.value.lower(), "detail": detail}
    return _Result(status=status, output=succeeded, error={**(first_error or derived), "failures": failures})


async def finalize_run(database: Database, request: FinalizeRequest) -> dict[str, Any]:
    async with database.tenant(request.tenant_id) as tx:
        await run_control.lock_unfinished_steps(tx, request.tenant_id, request.run_id)
        run = await run_control.lock_run(tx, request.tenant_id, request.run_id)
        if run is None or run.generation != request.generation or run.status is not RunStatus.RUNNING:
            return {"status": run.status.value if run else "unknown", "changed": False}
        if request.fault is not None:
            timed_out = "Timeout" in str(request.fault.get("Error", ""))
            fault = RunStatus.TIMED_OUT if timed_out else RunStatus.FAILED
            error = {"code": "execution_failed", "detail": f"Step Functions: {request.fault.get('Error')}"}
            await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=fault, error=error)
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        steps = await plans.ended_steps(tx, run.tenant_id, run.run_id)
        result = result_of(steps, first_cause=plan.stop_cause, first_error=plan.error)
        await run_control.end_run(tx, run, status=result.status, output=result.output, error=result.error)
    return {"status": result.status.value, "changed": True}


handler = Function("finalize_run", FinalizeRequest, finalize_run)
