"""How a run ends: its state, output and error, derived from its steps and from what stopped it."""

from typing import Any
from uuid import UUID

from foundation.domain.states import RunStatus, StepStatus, outcome_of
from foundation.storage import plans, run_control
from foundation.storage.database import Transaction
from foundation.storage.plans import EndedStep
from foundation.storage.run_control import RunRow


def error_of(status: RunStatus, steps: list[EndedStep], *, first_error: dict[str, Any] | None) -> dict[str, Any] | None:
    """What stopped the run, or else its steps' failures in one sentence; always with the failures themselves."""
    if status is RunStatus.COMPLETED:
        return None
    failures = [dict(step.error or {}, step=step.name) for step in steps if step.status is StepStatus.FAILED]
    detail = "; ".join(f"step {f['step']}: {f.get('detail', 'failed')}" for f in failures) or f"the run is {status}"
    derived = {"code": "steps_failed" if failures else status.value.lower(), "detail": detail}
    return {**(first_error or derived), "failures": failures}


def output_of(status: RunStatus, steps: list[EndedStep]) -> dict[str, Any]:
    """The outputs of the last steps; of a run that stopped early, of every step that succeeded."""
    return {
        step.name: step.output
        for step in steps
        if step.status is StepStatus.SUCCESS and (step.is_sink or status is not RunStatus.COMPLETED)
    }


async def end_from_steps(tx: Transaction, run: RunRow) -> RunStatus:
    """Ends a locked run whose steps have all ended; returns its state."""
    plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
    steps = await plans.ended_steps(tx, run.tenant_id, run.run_id)
    status = outcome_of([step.status for step in steps], first_cause=plan.stop_cause)
    error = error_of(status, steps, first_error=plan.error)
    await run_control.end_run(tx, run, status=status, output=output_of(status, steps), error=error)
    return status


_CAUSES = {"FAILED": RunStatus.FAILED, "TIMED_OUT": RunStatus.TIMED_OUT, "ABORTED": RunStatus.CANCELLED}


async def end_with_execution(
    tx: Transaction, tenant_id: UUID, run_id: UUID, *, generation: int, execution_status: str
) -> RunStatus | None:
    """Ends the run of this very generation with its execution, if it is still open; None when nothing changed.

    `execution_status` is Step Functions' word; one that succeeded has been finalized and changes nothing.
    """
    cause = _CAUSES.get(execution_status)
    if cause is None:
        return None
    await run_control.lock_unfinished_steps(tx, tenant_id, run_id)
    run = await run_control.lock_run(tx, tenant_id, run_id)
    if run is None or run.generation != generation or run.status not in {RunStatus.PENDING, RunStatus.RUNNING}:
        return None
    error = {"code": "execution_ended", "detail": f"the execution was {execution_status} from outside"}
    await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=cause, error=error)
    return await end_from_steps(tx, run)
