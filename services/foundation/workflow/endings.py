"""How a run ends: its state, output and error, derived from its steps and from what stopped it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from foundation.domain.failures import ErrorDocument, Failure, FailureCode, PlacedFailure
from foundation.domain.ids import RunId, TenantId
from foundation.domain.states import RunStatus, StepStatus, TimeoutPolicy, outcome_of
from foundation.storage.execution import run_events
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import plans, run_control, stops
from foundation.workflow.failures.placing import place
from foundation.workflow.parents.releasing import release_parent
from foundation.workflow.plans import EndedStep, PinnedPlan
from foundation.workflow.run_control import RunRow


def failures_of(steps: Sequence[EndedStep]) -> list[PlacedFailure]:
    """The failures for which the run did not complete, in the order of its plan."""
    return [
        replace(PlacedFailure.read(step.error or {}), step=step.name)
        for step in steps
        if step.status is StepStatus.FAILED and not step.excused
    ]


def derived_failure(status: RunStatus, failures: Sequence[PlacedFailure]) -> Failure:
    """The failure of a run that nothing stopped: its steps' in a sentence. Only where all may pass it may pass."""
    detail = "; ".join(f"step {one.step}: {one.detail}" for one in failures) or f"the run is {status}"
    return Failure(
        FailureCode.STEPS_FAILED if failures else status.value.lower(),
        detail,
        retryable=bool(failures) and all(one.retryable for one in failures),
        retry_after=max((one.retry_after for one in failures if one.retry_after is not None), default=None),
    )


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


async def end_stopped(tx: Transaction, run: RunRow, *, status: RunStatus, error: ErrorDocument) -> None:
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
    first_error: ErrorDocument | None,
) -> None:
    error = None if status is RunStatus.COMPLETED else await _error(tx, run, steps, status, first_error)
    output = output_of(status, steps, on_timeout=plan.definition.on_timeout)
    await _end_run(tx, run, status=status, output=output, error=error)


async def _error(
    tx: Transaction,
    run: RunRow,
    steps: Sequence[EndedStep],
    status: RunStatus,
    first_error: ErrorDocument | None,
) -> ErrorDocument:
    failures = failures_of(steps)
    if first_error is None:
        derived = derived_failure(status, failures)
        placed = await place(tx, run.tenant_id, run.run_id, derived, step=failures[0].step if failures else None)
        first_error = placed.as_json()
    return ErrorDocument({**first_error, "failures": [one.as_json() for one in failures]})


async def end_refused(tx: Transaction, run: RunRow, *, failure: Failure) -> None:
    """Ends a locked run as FAILED that has no steps yet, and can have none."""
    placed = await place(tx, run.tenant_id, run.run_id, failure)
    await _end_run(tx, run, status=RunStatus.FAILED, output=None, error=placed.as_json())


async def cancel(tx: Transaction, run: RunRow, *, failure: Failure) -> None:
    """Ends a locked, open run as CANCELLED: fences work in flight, stops its execution, closes its money scope."""
    error = await place(tx, run.tenant_id, run.run_id, failure)
    stopped = await stops.cancel_unfinished(tx, run.tenant_id, run.run_id, error=error)
    if stopped:
        await run_events.append(tx, run.tenant_id, run.run_id, list(run_control.cancelled_events(stopped)))
    await outbox.write(tx, run.tenant_id, [run_control.stop_execution_effect(run, cause="cancelled")])
    await end_stopped(tx, run, status=RunStatus.CANCELLED, error=error.as_json())


async def _end_run(
    tx: Transaction, run: RunRow, *, status: RunStatus, output: Any, error: ErrorDocument | None
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
    run = await run_control.lock_run_and_unfinished_steps(tx, tenant_id, run_id)
    if run is None or run.generation != generation or run.status not in {RunStatus.PENDING, RunStatus.RUNNING}:
        return None
    detail = f"the execution was {execution_status} from outside"
    error = await place(tx, tenant_id, run_id, Failure(FailureCode.EXECUTION_ENDED, detail, retryable=True))
    await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=cause, error=error)
    return await end_from_steps(tx, run)
