"""Ends the step that waits for a run, in the transaction that ends the run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from foundation.contracts.run_events import RunEvent, StepSucceeded
from foundation.domain.failures import ErrorDocument, Failure, FailureCode, PlacedFailure
from foundation.domain.ids import RunId
from foundation.domain.states import RecoveryPolicy, RunStatus, StepStatus
from foundation.storage.execution import run_events, sub_runs
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import run_control, step_endings, stops
from foundation.workflow.failures.placing import place
from foundation.workflow.run_control import RunRow
from foundation.workflow.standing_clock import set_clock
from foundation.workflow.step_endings import EndingStep

_MOST_CAUSES = 3
_SHOWN = 1000


async def release_parent(
    tx: Transaction, run: RunRow, *, status: RunStatus, output: Any, error: ErrorDocument | None
) -> None:
    """Ends the step that started this run, whose rows are locked; nothing for a run that no step waits for.

    The step ends whether it waits, was enqueued again by a new generation, or is held by a worker that asks again.
    """
    if run.parent_run_id is None or run.parent_step_id is None:
        return
    tenant_id, parent, step_id = run.tenant_id, run.parent_run_id, run.parent_step_id
    await run_control.lock_run_and_unfinished_steps(tx, tenant_id, parent)
    row = await tx.execute(
        text("SELECT name FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id AND ended_at IS NULL"),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    name = row.scalar_one_or_none()
    latest = await sub_runs.latest_of_step(tx, tenant_id, step_id)
    if name is None or latest is None or latest.run_id != run.run_id:
        return
    failure = None
    if error is not None:
        failure = await place(tx, tenant_id, parent, failure_of(run.run_id, status, error), step=name)
    policy = await step_endings.policy_of(tx, tenant_id, parent, step=name)
    ending = await stops.end_unheld(
        tx,
        tenant_id,
        step_id,
        status=StepStatus.SUCCESS if failure is None else StepStatus.FAILED,
        output=output,
        error=failure,
        excused=failure is not None and policy is RecoveryPolicy.CONTINUE,
    )
    step = EndingStep(tenant_id, parent, step_id, name, ending.waiting)
    events: list[RunEvent] = []
    if failure is None:
        await step_endings.follow_success(tx, step)
        events.append(StepSucceeded(step_id=step_id, name=name))
    else:
        events += await step_endings.follow_failure(tx, step, failure, policy=policy)
    await run_events.append(tx, tenant_id, parent, events)
    await set_clock(tx, tenant_id, parent)


def failure_of(run_id: RunId, status: RunStatus, error: Mapping[str, Any]) -> Failure:
    """The failure of the step whose run ended so: what stopped the run, or what failed in it, are the causes."""
    failures = list(error.get("failures") or [])
    stopped = [] if error.get("code") == FailureCode.STEPS_FAILED else [error]
    found = [PlacedFailure.read(one) for one in [*stopped, *failures][:_MOST_CAUSES]]
    causes = tuple(_below(one, run_id, deep=place == 0) for place, one in enumerate(found))
    said = str(error.get("detail", "it did not complete"))
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}… (the whole stands in the run's error)"
    after = error.get("retry_after")
    return Failure(
        FailureCode.SUB_RUN_FAILED,
        f"run {run_id} ended {status}: {said}",
        retryable=error.get("retryable") is True,
        retry_after=None if after is None else float(after),
        causes=causes,
    )


def _below(failure: PlacedFailure, run_id: RunId, *, deep: bool) -> PlacedFailure:
    """The failure with its run; only of the first the causes are kept, so that levels of runs add up, not multiply."""
    causes = tuple(_below(one, run_id, deep=place == 0) for place, one in enumerate(failure.causes)) if deep else ()
    return replace(failure, causes=causes, run_id=failure.run_id or str(run_id))
