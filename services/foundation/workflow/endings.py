"""How a run ends: its state, output and error, derived from its steps and from what stopped it."""

from typing import Any

from foundation.contracts.run_events import StepCancelled
from foundation.domain.errors import Failure
from foundation.domain.failure_codes import FailureCode
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import RunStatus, StepStatus, TimeoutPolicy, outcome_of
from foundation.storage.execution import run_events
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import plans, run_control, stops
from foundation.workflow.parents.releasing import release_parent
from foundation.workflow.plans import EndedStep, PinnedPlan
from foundation.workflow.run_control import RunRow


def error_of(status: RunStatus, steps: list[EndedStep], *, first_error: dict[str, Any] | None) -> dict[str, Any] | None:
    """The run's error: what stopped it, or else its steps' failures in a sentence; `failures` lists them either way."""
    if status is RunStatus.COMPLETED:
        return None
    failures = [
        dict(step.error or {}, step=step.name)
        for step in steps
        if step.status is StepStatus.FAILED and not step.excused
    ]
    detail = "; ".join(f"step {f['step']}: {f.get('detail', 'failed')}" for f in failures) or f"the run is {status}"
    derived = {"code": FailureCode.STEPS_FAILED if failures else status.value.lower(), "detail": detail}
    return {**(first_error or derived), "failures": failures}


def output_of(status: RunStatus, steps: list[EndedStep], *, on_timeout: TimeoutPolicy) -> dict[str, Any] | None:
    """The outputs of the last steps; of a run that stopped early, of every step that succeeded.

    None for a run that timed out and whose task has `on_timeout: abort`, which keeps no output.
    """
    if status is RunStatus.TIMED_OUT and on_timeout is TimeoutPolicy.ABORT:
        return None
    return {
        step.name: step.output
        for step in steps
        if step.status is StepStatus.SUCCESS and (step.is_sink or status is not RunStatus.COMPLETED)
    }


async def end_from_steps(tx: Transaction, run: RunRow) -> RunStatus:
    """Ends a locked run whose steps have all ended; returns its state."""
    plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
    steps = await plans.ended_steps(tx, run.tenant_id, run.run_id)
    needed = [step.status for step in steps if not step.excused]
    status = outcome_of(needed, first_cause=plan.stop_cause)
    await _end(tx, run, plan, steps, status=status, first_error=plan.error)
    return status


async def end_stopped(tx: Transaction, run: RunRow, *, status: RunStatus, error: dict[str, Any]) -> None:
    """Ends a locked run that was stopped, with the outputs and the failures that its steps have by then."""
    plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
    steps = await plans.ended_steps(tx, run.tenant_id, run.run_id)
    await _end(tx, run, plan, steps, status=status, first_error=plan.error or error)


async def _end(
    tx: Transaction,
    run: RunRow,
    plan: PinnedPlan,
    steps: list[EndedStep],
    *,
    status: RunStatus,
    first_error: dict[str, Any] | None,
) -> None:
    error = error_of(status, steps, first_error=first_error)
    output = output_of(status, steps, on_timeout=plan.definition.on_timeout)
    await _end_run(tx, run, status=status, output=output, error=error)


async def end_refused(tx: Transaction, run: RunRow, *, error: dict[str, Any]) -> None:
    """Ends a locked run as FAILED that has no steps yet, and can have none."""
    await _end_run(tx, run, status=RunStatus.FAILED, output=None, error=error)


async def cancel(tx: Transaction, run: RunRow, *, error: dict[str, Any]) -> None:
    """Ends a locked, open run as CANCELLED: fences work in flight, stops its execution, closes its money scope."""
    stopped = await stops.cancel_unfinished(tx, run.tenant_id, run.run_id, error=error)
    events = [StepCancelled(step_id=step.step_id, name=step.name) for step in stopped]
    if events:
        await run_events.append(tx, run.tenant_id, run.run_id, events)
    await outbox.write(tx, run.tenant_id, [run_control.stop_execution_effect(run, cause="cancelled")])
    await end_stopped(tx, run, status=RunStatus.CANCELLED, error=error)


async def _end_run(
    tx: Transaction, run: RunRow, *, status: RunStatus, output: Any, error: dict[str, Any] | None
) -> None:
    await run_control.end_run(tx, run, status=status, output=output, error=error)
    await release_parent(tx, run, status=status, output=output, error=error)


_CAUSES = {"FAILED": RunStatus.FAILED, "TIMED_OUT": RunStatus.TIMED_OUT, "ABORTED": RunStatus.CANCELLED}


async def end_with_execution(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, generation: int, execution_status: str
) -> RunStatus | None:
    """Ends the run of this very generation with its execution, if it is still open; None when nothing changed.

    `execution_status` is Step Functions' name of the state. SUCCEEDED changes nothing, as Finalize has ended the run.
    """
    cause = _CAUSES.get(execution_status)
    if cause is None:
        return None
    await run_control.lock_unfinished_steps(tx, tenant_id, run_id)
    run = await run_control.lock_run(tx, tenant_id, run_id)
    if run is None or run.generation != generation or run.status not in {RunStatus.PENDING, RunStatus.RUNNING}:
        return None
    error = Failure(FailureCode.EXECUTION_ENDED, f"the execution was {execution_status} from outside").as_json()
    await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=cause, error=error)
    return await end_from_steps(tx, run)
