"""Ends a request once, by a decision or by its expiry, and with it the wait of its step."""

from dataclasses import dataclass
from typing import Any

from foundation.contracts.moments import told
from foundation.contracts.run_events import RunEvent, StepDecided, StepSucceeded
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.ids import ApprovalId, TenantId, UserId
from foundation.domain.states import ENDED_BY, ApprovalStatus, Decision, ExpiryPolicy, RecoveryPolicy, StepStatus
from foundation.storage.execution import approvals, run_events
from foundation.storage.execution.approvals import Approval
from foundation.storage.session.database import Transaction
from foundation.workflow import run_control, step_endings, stops
from foundation.workflow.approvals import requests
from foundation.workflow.failures.placing import place
from foundation.workflow.standing_clock import set_clock
from foundation.workflow.step_endings import EndingStep


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decided, and who it was."""

    decision: Decision
    by: UserId
    comment: str | None
    data: Any


async def lock_request(tx: Transaction, tenant_id: TenantId, approval_id: ApprovalId) -> Approval | None:
    """The request, its row locked after its run and the run's unfinished steps, so that no two wait for each other."""
    seen = await approvals.get(tx, tenant_id, approval_id)
    if seen is None:
        return None
    await run_control.lock_run_and_unfinished_steps(tx, tenant_id, seen.run_id)
    return await approvals.get(tx, tenant_id, approval_id, lock=True)


async def decide(tx: Transaction, tenant_id: TenantId, approval: Approval, verdict: Verdict) -> None:
    """Ends a locked, pending request and its step: SUCCESS when it was approved, FAILED when it was rejected.

    The step ends whether it waits, was enqueued again by a new generation, or is held by a worker that asks again. An
    agent that asks about a call goes on instead, once all that it asks is decided.
    """
    status = ENDED_BY[verdict.decision]
    await approvals.end(
        tx,
        tenant_id,
        approval.approval_id,
        status=status,
        decided_by=verdict.by,
        comment=verdict.comment,
        data=verdict.data,
    )
    if approval.tool is not None:
        await _go_on(tx, tenant_id, approval, status, by=verdict.by)
        return
    output = _output(verdict.decision, by=verdict.by, comment=verdict.comment, data=verdict.data)
    failure = None
    if verdict.decision is Decision.REJECT:
        said = f": {verdict.comment}" if verdict.comment else ""
        failure = Failure(FailureCode.APPROVAL_REJECTED, f"rejected by user {verdict.by}{said}", retryable=False)
    await _end_step(tx, tenant_id, approval, status, output=output, failure=failure, by=verdict.by)


async def expire(tx: Transaction, tenant_id: TenantId, approval_id: ApprovalId) -> Approval | None:
    """Ends a request whose time is over as its step says; None when somebody was faster, or it has time left."""
    approval = await lock_request(tx, tenant_id, approval_id)
    if approval is None or not approval.is_late:
        return None
    await approvals.end(tx, tenant_id, approval_id, status=ApprovalStatus.EXPIRED)
    if approval.tool is not None:
        await _go_on(tx, tenant_id, approval, ApprovalStatus.EXPIRED, by=None)
        return approval
    output: dict[str, Any] | None = None
    failure: Failure | None
    nobody = f"nobody decided until {told(approval.expires_at, timespec='seconds')}"
    match approval.on_expiry:
        case ExpiryPolicy.APPROVE:
            failure = None
            output = _output(Decision.APPROVE, data=None if approval.form is None else {})
        case ExpiryPolicy.REJECT:
            detail = f"{nobody}, which the step takes for a rejection"
            failure = Failure(FailureCode.APPROVAL_REJECTED, detail, retryable=False)
            output = _output(Decision.REJECT)
        case ExpiryPolicy.FAIL:
            failure = Failure(FailureCode.APPROVAL_EXPIRED, nobody, retryable=False)
    await _end_step(tx, tenant_id, approval, ApprovalStatus.EXPIRED, output=output, failure=failure, by=None)
    return approval


def _output(
    decision: Decision, *, by: UserId | None = None, comment: str | None = None, data: Any = None
) -> dict[str, Any]:
    return {"decision": decision.value, "by": None if by is None else str(by), "comment": comment, "data": data}


async def _go_on(
    tx: Transaction, tenant_id: TenantId, approval: Approval, status: ApprovalStatus, *, by: UserId | None
) -> None:
    """Lets an agent go on in the turn in which it asked; what was decided it reads itself."""
    if not await approvals.any_pending(tx, tenant_id, approval.step_id):
        await requests.go_on(tx, tenant_id, approval.step_id)
    decided = StepDecided(
        step_id=approval.step_id, name=approval.step, approval_id=approval.approval_id, status=status, by=by
    )
    await run_events.append(tx, tenant_id, approval.run_id, [decided])
    await set_clock(tx, tenant_id, approval.run_id)


async def _end_step(
    tx: Transaction,
    tenant_id: TenantId,
    approval: Approval,
    status: ApprovalStatus,
    *,
    output: dict[str, Any] | None,
    failure: Failure | None,
    by: UserId | None,
) -> None:
    name = approval.step
    error = None if failure is None else await place(tx, tenant_id, approval.run_id, failure, step=name)
    policy = await step_endings.policy_of(tx, tenant_id, approval.run_id, step=name)
    ending = await stops.end_unheld(
        tx,
        tenant_id,
        approval.step_id,
        status=StepStatus.SUCCESS if error is None else StepStatus.FAILED,
        output=output,
        error=error,
        excused=error is not None and policy is RecoveryPolicy.CONTINUE,
    )
    step = EndingStep(tenant_id, approval.run_id, approval.step_id, name, ending.waiting)
    decided = StepDecided(step_id=approval.step_id, name=name, approval_id=approval.approval_id, status=status, by=by)
    events: list[RunEvent] = [decided]
    if error is None:
        await step_endings.follow_success(tx, step)
        events.append(StepSucceeded(step_id=approval.step_id, name=name))
    else:
        events += await step_endings.follow_failure(tx, step, error, policy=policy)
    await run_events.append(tx, tenant_id, approval.run_id, events)
    await set_clock(tx, tenant_id, approval.run_id)
