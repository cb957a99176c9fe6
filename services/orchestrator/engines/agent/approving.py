"""Which calls of an agent people approve first: what was decided about each, and what is to be asked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.expressions.evaluation import ExpressionError, resolve
from foundation.contracts.moments import told
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.agent_tool import ApprovalRule
from foundation.domain.failures import FailureCode
from foundation.domain.states import ApprovalStatus, ExpiryPolicy
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import Approval, ApprovalRequest, RequestedCall
from foundation.storage.session.database import Database
from orchestrator.engines.shown_messages import shown_message
from orchestrator.tools.tool_call import ToolCall, digest_of
from orchestrator.work import TickFailed, Work

_HIDDEN = "Its arguments have characters that are not shown as they are; look at their escapes."


@dataclass(frozen=True, slots=True)
class Granted:
    """The call may be made."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Somebody has rejected the call, or nobody has decided and that counts as a rejection; the model is told why."""

    detail: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """The call waits for a decision."""


Ruling = Granted | Rejected | Undecided


@dataclass(slots=True)
class Approving:
    """The approvals of one dispatch of a step. `requests` are what its calls wait for."""

    database: Database
    work: Work
    step: AgentStep
    requests: list[ApprovalRequest] = field(default_factory=list)
    _rules: Mapping[str, ApprovalRule] = field(init=False)

    def __post_init__(self) -> None:
        self._rules = self.step.approval_rules()

    async def ruling(self, call: ToolCall) -> Ruling:
        """What was decided about this very call; one with other arguments or files than were shown is another call.

        `ExpressionError` when the rule cannot be read, `TickFailed` when nobody decided and that fails the step.
        """
        rule = self._rules.get(call.tool)
        if rule is None or not self._applies(rule, call):
            return Granted()
        dispatch = self.work.claim.dispatch
        async with self.database.tenant(dispatch.tenant_id) as tx:
            found = await approvals.of_call(tx, dispatch.tenant_id, dispatch.step_id, call.turn, call.call_id)
        if found is not None and found.call_digest == digest_of(call):
            ruling = _ruling_of(found)
            if ruling is not None:
                return ruling
        self.requests.append(self._request(rule, call))
        return Undecided()

    def _applies(self, rule: ApprovalRule, call: ToolCall) -> bool:
        if rule.when is None:
            return True
        value = resolve(rule.when, self._known(call), ("tools", call.tool, "approve"))
        if not isinstance(value, bool):
            raise ExpressionError(f"/tools/{call.tool}/approve: {rule.when} gives neither true nor false")
        return value

    def _known(self, call: ToolCall) -> dict[str, Any]:
        return {**self.work.data, "call": {"tool": call.tool, "arguments": call.arguments}}

    def _request(self, rule: ApprovalRule, call: ToolCall) -> ApprovalRequest:
        at = f"/tools/{call.tool}/approve/message"
        written = rule.message or f"Agent {self.work.claim.name} asks to call {call.tool}."
        message = resolve(written, self._known(call), ("tools", call.tool, "approve", "message"))
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        if any(hidden_in_lines(part) for part in _texts_in(call.arguments)):
            text = f"{text}\n\n{_HIDDEN}"
        return ApprovalRequest(
            message=shown_message(text, at=at),
            roles=tuple(role.value for role in rule.roles),
            users=tuple(rule.users),
            form=None,
            expires_in=rule.expires_in,
            on_expiry=rule.on_expiry,
            call=RequestedCall(call.turn, call.call_id, call.tool, call.arguments, digest_of(call)),
        )


def _ruling_of(approval: Approval) -> Ruling | None:
    """What the request's end means for the call; None while it is open, or when it ended with its step."""
    by_expiry = approval.on_expiry if approval.status is ApprovalStatus.EXPIRED else None
    if approval.status is ApprovalStatus.APPROVED or by_expiry is ExpiryPolicy.APPROVE:
        return Granted()
    if approval.status is ApprovalStatus.REJECTED:
        said = f": {approval.comment}" if approval.comment else ""
        return Rejected(f"a person has rejected this call{said}")
    nobody = f"nobody has decided until {told(approval.expires_at, timespec='seconds')}"
    if by_expiry is ExpiryPolicy.REJECT:
        return Rejected(f"{nobody}, which counts as a rejection")
    if by_expiry is ExpiryPolicy.FAIL:
        raise TickFailed(FailureCode.APPROVAL_EXPIRED, f"a call of {approval.tool} was to be approved, and {nobody}")
    return None


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield key
            yield from _texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_in(part)
