"""Dead letters as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from control_plane.requests.answers.readable import Readable
from foundation.domain.ids import DeadLetterId, MessageId, RunId, StepId, TenantId
from foundation.domain.permissions import Permission
from foundation.domain.states import DeadLetterStatus
from foundation.storage.execution.dead.dead_letters import DeadLetter
from foundation.storage.execution.dead.of_tenants import TenantsDeadLetter
from foundation.storage.execution.dead.unreadable_messages import UnreadableMessage

MAX_REDRIVEN = 100
MAX_CAUSE = 120
MAX_REASON = 2000

Reason = Annotated[str, Field(min_length=1, max_length=MAX_REASON)]
Cause = Annotated[str, Field(min_length=1, max_length=MAX_CAUSE)]


class Discard(BaseModel):
    """Why nothing more is done about it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "the source is gone"}]})

    reason: Reason


class RedriveMany(BaseModel):
    """Either the letters, or a cause: then its oldest open ones."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"cause": "worker_lost"}]})

    cause: Cause | None = None
    ids: list[DeadLetterId] | None = Field(default=None, min_length=1, max_length=MAX_REDRIVEN)

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.cause is None) == (self.ids is None):
            raise ValueError("name either a cause or ids")
        return self


class DeadLetterView(Readable):
    """A step that failed although another attempt might have helped; `cause` is its failure's code."""

    READ_BY: ClassVar = Permission.RUNS_READ
    CONTENT: ClassVar = frozenset({"error", "reason"})

    id: DeadLetterId
    run_id: RunId
    step_id: StepId
    step: str = Field(description="the step's name; name[index] for one that ran for an item")
    cause: str
    error: dict[str, Any] | None = Field(description="null for who may not read runs, as `reason` is")
    attempts: int
    receive_count: int | None = Field(description="how often its message was received, where that is what it died of")
    died_at: datetime
    status: DeadLetterStatus
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None = Field(description="why it was discarded")

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        return cls(
            id=letter.dead_letter_id,
            run_id=letter.run_id,
            step_id=letter.step_id,
            step=letter.step,
            cause=letter.cause,
            error=letter.error,
            attempts=letter.attempts,
            receive_count=letter.receive_count,
            died_at=letter.died_at,
            status=letter.status,
            ended_at=letter.ended_at,
            ended_by=letter.ended_by,
            reason=letter.reason,
        )


class TenantsDeadLetterView(BaseModel):
    """A dead letter as operators see it: whose, when and by which code, and no word of the tenant."""

    id: DeadLetterId
    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    cause: str
    attempts: int
    receive_count: int | None = Field(description="how often its message was received, where that is what it died of")
    died_at: datetime
    status: DeadLetterStatus
    ended_at: datetime | None

    @classmethod
    def of(cls, letter: TenantsDeadLetter) -> Self:
        return cls(
            id=letter.dead_letter_id,
            tenant_id=letter.tenant_id,
            run_id=letter.run_id,
            step_id=letter.step_id,
            cause=letter.cause,
            attempts=letter.attempts,
            receive_count=letter.receive_count,
            died_at=letter.died_at,
            status=letter.status,
            ended_at=letter.ended_at,
        )


class Redriven(BaseModel):
    """What became of one letter; a refused one says why, and stands as before."""

    id: DeadLetterId
    outcome: Literal["redriven", "refused"]
    run_id: RunId | None
    code: str | None = None
    detail: str | None = None
    remedy: str | None = None


class RedrivenList(BaseModel):
    """One for each letter that was named, or of the cause; `more`: the cause has further open letters."""

    items: list[Redriven]
    more: bool


class UnreadableView(BaseModel):
    """A message of the steps queue that is no step message; it belongs to no tenant."""

    id: MessageId
    head: str = Field(description="its beginning; what is no text is shown as U+FFFD")
    size: int
    receive_count: int
    received_at: datetime
    discarded_at: datetime | None
    discarded_by: str | None
    reason: str | None

    @classmethod
    def of(cls, message: UnreadableMessage) -> Self:
        return cls(
            id=message.message_id,
            head=message.head,
            size=message.size,
            receive_count=message.receive_count,
            received_at=message.received_at,
            discarded_at=message.discarded_at,
            discarded_by=message.discarded_by,
            reason=message.reason,
        )
