"""Parks a step that waits for a run, in the transaction that starts that run or opens it again."""

from dataclasses import replace

from foundation.contracts.run_events import RunCreated, StepWaiting
from foundation.contracts.step_message import ExecutionInput
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import RunId, TenantId
from foundation.domain.people.payers import Payer
from foundation.domain.reruns import steps_to_retry
from foundation.domain.states import WaitReason
from foundation.storage.execution import run_events, runs
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.execution.runs import NewRun
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import run_control
from foundation.workflow.claims import hand_over
from foundation.workflow.reruns import reopening
from foundation.workflow.reruns.reopening import RetryPlan
from foundation.workflow.sub_runs.planning import AwaitRun, BeginRun, ReopenRun, RunPlan


async def carry_out(tx: Transaction, lease: LeaseFence, plan: RunPlan) -> list[StepWaiting]:
    """Hands a held step over to its run; returns the event of its wait, unless it had waited for that run before.

    Locks are taken from below: what is done to a run that exists comes before the step is touched. `LeaseLost` when
    the fence has been raised since; then nothing of this transaction may stay.
    """
    dispatch = lease.dispatch
    match plan:
        case AwaitRun():
            await hand_over(tx, lease, WaitReason.RUN)
            return []
        case ReopenRun(run_id, payer):
            await _reopen(tx, dispatch.tenant_id, run_id, payer, actor=_actor(lease))
            await hand_over(tx, lease, WaitReason.RUN)
            return [StepWaiting(step_id=dispatch.step_id, waits_for=WaitReason.RUN, run_id=run_id)]
        case BeginRun(run):
            await hand_over(tx, lease, WaitReason.RUN)
            await _start(tx, run, lease)
            return [StepWaiting(step_id=dispatch.step_id, waits_for=WaitReason.RUN, run_id=run.run_id)]


def _actor(lease: LeaseFence) -> str:
    return f"step {lease.name} of run {lease.dispatch.run_id}"


async def _start(tx: Transaction, run: NewRun, lease: LeaseFence) -> None:
    created = await runs.insert(tx, replace(run, started_by=_actor(lease)))
    if created is None:
        raise AssertionError("a run without an Idempotency-Key is always inserted")
    start = ExecutionInput(
        tenant_id=run.tenant_id, run_id=run.run_id, generation=created.generation, traceparent=run.traceparent
    )
    await outbox.write(tx, run.tenant_id, [run_control.start_execution_effect(start)])
    event = RunCreated(actor=_actor(lease), parent_run_id=lease.dispatch.run_id)
    await run_events.append(tx, run.tenant_id, run.run_id, [event])


async def _reopen(tx: Transaction, tenant_id: TenantId, run_id: RunId, payer: Payer, *, actor: str) -> None:
    """Opens the run again as a retry does; nothing when it is open by now, as another holder of the step was faster."""
    run, steps = await reopening.lock(tx, tenant_id, run_id)
    if run is None or not run.status.is_terminal:
        return
    again = steps_to_retry(list(steps.values()), named=())
    await reopening.reopen(tx, run, steps, RetryPlan(actor, payer, again, Budget()))
