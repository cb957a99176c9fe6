"""What can be done with requests for approval: one decision each, by somebody who may."""

import asyncio
from typing import Any

from control_plane.execution.approvals.schemas import ApprovalView, NewDecision
from control_plane.identity.callers import ApiCaller
from control_plane.requests.answers.readable import hidden_from, shown_members
from control_plane.requests.etags import require_version, stale
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.forms import data_faults
from foundation.contracts.moments import told
from foundation.domain.errors import ApprovalClosed, BadRequest, Fault, NoApprover, NotFound
from foundation.domain.ids import ApprovalId, UserId
from foundation.domain.permissions import Role, deciders, may_decide
from foundation.domain.states import ApprovalStatus, Decision
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import Approval
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected, SeenTags
from foundation.workflow.approvals import decisions
from foundation.workflow.approvals.decisions import Verdict

_DECIDE = "decide what it asks now"
_UNSHOWN = f"the data does not fit the form, which is shown to who holds {ApprovalView.READ_BY}; ask one of them"


async def get(tx: Transaction, caller: ApiCaller, approval_id: ApprovalId) -> Approval:
    approval = await approvals.get(tx, caller.tenant_id, approval_id)
    if approval is None:
        raise _not_found()
    return approval


async def decide(
    tx: Transaction, caller: ApiCaller, approval_id: ApprovalId, wanted: NewDecision, *, expected: Expected
) -> Approval:
    """Decides a pending request; `ApprovalClosed` when it has ended, `NoApprover` when the caller may not.

    The data is checked before anything is locked, since that may take a while, and what was checked is what is decided:
    the request's version is compared once its row is locked.
    """
    seen = await get(tx, caller, approval_id)
    _require_open(seen, caller)
    require_version("request", seen.version, expected, to=_DECIDE)
    data = await _accepted(wanted, seen.form, shown="form" not in hidden_from(caller, ApprovalView))
    approval = await decisions.lock_request(tx, caller.tenant_id, approval_id)
    if approval is None:
        raise _not_found()
    _require_open(approval, caller)
    if approval.version != seen.version:
        raise stale("request", approval.version, SeenTags(frozenset({str(seen.version)})), to=_DECIDE)
    verdict = Verdict(wanted.decision, by=caller.user_id, comment=wanted.comment, data=data)
    await decisions.decide(tx, caller.tenant_id, approval, verdict)
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action=f"approval.{wanted.decision}",
        target=str(approval_id),
        detail={"run_id": str(approval.run_id), "step": approval.step, "version": approval.version},
    )
    return await get(tx, caller, approval_id)


def _require_open(approval: Approval, caller: ApiCaller) -> None:
    outcome = shown_members(ApprovalView, caller, outcome_of(approval))
    users = [UserId(user_id) for user_id in approval.users]
    roles = [Role(role) for role in approval.roles]
    if not may_decide(caller.grant, caller.user_id, roles=roles, users=users):
        detail = f"this request is decided by {deciders(roles=roles, users=users)}"
        is_open = approval.status is ApprovalStatus.PENDING and not approval.is_late
        remedy = "ask one of them" if is_open else ApprovalClosed.usual_remedy
        raise NoApprover(detail, approval=outcome, remedy=remedy)
    if approval.is_late:
        raise ApprovalClosed(f"the request expired at {told(approval.expires_at)}", approval=outcome)
    if approval.status is not ApprovalStatus.PENDING:
        by = f" by user {approval.decided_by}" if approval.decided_by else ""
        raise ApprovalClosed(f"the request is {approval.status}{by} already", approval=outcome)


def outcome_of(approval: Approval) -> dict[str, Any]:
    """How the request ended, as a refusal tells it; one that is late has expired, even if nobody has seen it yet."""
    status = ApprovalStatus.EXPIRED if approval.is_late else approval.status
    ended_at = approval.expires_at if approval.is_late else approval.ended_at
    return {
        "id": str(approval.approval_id),
        "status": status.value,
        "on_expiry": approval.on_expiry.value,
        "ended_at": None if ended_at is None else told(ended_at),
        "decided_by": None if approval.decided_by is None else str(approval.decided_by),
        "comment": approval.comment,
        "version": approval.version,
    }


async def _accepted(wanted: NewDecision, form: dict[str, Any] | None, *, shown: bool) -> dict[str, Any] | None:
    """The decision's data; `BadRequest` with each place where it does not satisfy the form, to who is shown that."""
    faults = []
    if wanted.comment is not None and (why := hidden_in_lines(wanted.comment)) is not None:
        faults.append(Fault("/body/comment", why))
    data = wanted.data
    if form is None:
        if data is not None:
            faults.append(Fault("/body/data", "the request has no form, so that no data is asked for; leave it out"))
    elif data is not None or wanted.decision is Decision.APPROVE:
        data = {} if data is None else data
        found = await asyncio.to_thread(data_faults, form, data)
        if found and not shown:
            faults.append(Fault("/body/data", _UNSHOWN))
        else:
            faults += [Fault(f"/body/data{fault.pointer}", fault.detail) for fault in found]
    if faults:
        raise BadRequest(f"the decision cannot be taken: {first_of(faults, most=3)}", faults=tuple(faults))
    return data


def _not_found() -> NotFound:
    return NotFound("there is no such request for approval")
