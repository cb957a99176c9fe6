"""Requests for approval as the API shows them, and decisions as it takes them."""

from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.requests.answers.readable import Readable
from foundation.domain.ids import ApprovalId, RunId, StepId, UserId
from foundation.domain.permissions import Permission, Role
from foundation.domain.policy.retention import ContentKind
from foundation.domain.states import ApprovalStatus, Decision, ExpiryPolicy
from foundation.storage.execution.approvals import Approval

MAX_COMMENT = 2000


class NewDecision(BaseModel):
    """What somebody says to a request; `data` is asked for by the request's form, and by nothing else."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"decision": "approve", "comment": "as agreed", "data": {"amount": 120}}],
        },
    )

    decision: Decision
    comment: str | None = Field(default=None, min_length=1, max_length=MAX_COMMENT)
    data: dict[str, Any] | None = None


class CallView(BaseModel):
    """The call of a tool that is to be approved, as its agent's model wrote it; the decision is for this call alone."""

    tool: str
    arguments: dict[str, Any] | None = Field(description="null once they have expired")
    turn: int = Field(description="the agent's turn in which it asks")


class ApprovalView(Readable):
    """A request. `status` is `expired` whatever its expiry meant for the step, which `on_expiry` says."""

    READ_BY: ClassVar = Permission.APPROVALS_READ
    CONTENT: ClassVar = frozenset({"message", "form", "comment", "data", "call"})

    id: ApprovalId
    run_id: RunId
    step_id: StepId
    step: str = Field(description="the step's name")
    status: ApprovalStatus
    message: str | None = Field(
        description="null once it has expired, and for who may not read approvals, as all content is"
    )
    roles: list[Role] = Field(description="who may decide; without roles and users every member but viewers may")
    users: list[UserId]
    form: dict[str, Any] | None = Field(description="the JSON Schema that the data of a decision must satisfy")
    on_expiry: ExpiryPolicy
    requested_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    decided_by: UserId | None
    comment: str | None
    data: Any
    call: CallView | None = Field(description="of an agent that asks about a call of a tool")
    expired: dict[ContentKind, datetime] = Field(
        description="kinds of its run's content that have expired, and when: what they had is null"
    )
    version: int

    @classmethod
    def of(cls, approval: Approval) -> Self:
        return cls(
            id=approval.approval_id,
            run_id=approval.run_id,
            step_id=approval.step_id,
            step=approval.step,
            status=approval.status,
            message=approval.message,
            roles=[Role(role) for role in approval.roles],
            users=list(approval.users),
            form=approval.form,
            on_expiry=approval.on_expiry,
            requested_at=approval.requested_at,
            expires_at=approval.expires_at,
            ended_at=approval.ended_at,
            decided_by=approval.decided_by,
            comment=approval.comment,
            data=approval.data,
            call=_call_of(approval),
            expired=_expired(approval),
            version=approval.version,
        )


def _call_of(approval: Approval) -> CallView | None:
    if approval.tool is None:
        return None
    arguments = None if approval.answers_expired_at else approval.arguments or {}
    return CallView(tool=approval.tool, arguments=arguments, turn=approval.turn or 0)


def _expired(approval: Approval) -> dict[ContentKind, datetime]:
    at = {ContentKind.PROMPTS: approval.prompts_expired_at, ContentKind.ANSWERS: approval.answers_expired_at}
    return {kind: moment for kind, moment in at.items() if moment is not None}
