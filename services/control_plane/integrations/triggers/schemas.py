"""Triggers and their calls as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.integrations.triggers.secrets import path_of
from control_plane.requests.answers.readable import Readable
from control_plane.requests.texts import Name
from foundation.contracts.accepted.sentences import WrittenAs, first_of
from foundation.contracts.definition import MAX_VERSION
from foundation.contracts.forms import form_faults
from foundation.domain.ids import ApiKeyId, RunId, TaskId, TenantId, TriggerCallId, TriggerId, UserId
from foundation.domain.permissions import Permission
from foundation.domain.starts.triggers import CallStatus, RefusalReason
from foundation.storage.triggers.calls import TriggerCall
from foundation.storage.triggers.triggers import Trigger

MAX_CALLS_PER_MINUTE = 600


def _form(form: dict[str, Any]) -> dict[str, Any]:
    if faults := form_faults(form):
        raise ValueError(first_of(faults, most=3))
    return form


Form = Annotated[
    dict[str, Any],
    Field(description="a JSON Schema that the body of a call must satisfy, as forms of approvals are written"),
    AfterValidator(_form),
]
Version = Annotated[int, Field(strict=True, ge=1, le=MAX_VERSION)]
Member = Annotated[
    str,
    Field(description="the member of the run's input that has the body"),
    WrittenAs(
        r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        "the name of a member begins with a letter from a to z or _, followed by such letters, digits and _, 64 in all",
    ),
]
CallRate = Annotated[int, Field(strict=True, ge=1, le=MAX_CALLS_PER_MINUTE)]


class NewTrigger(BaseModel):
    """What a call starts. The run's input is `input`, and the call's body below `payload_as`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "ticket opened", "task_id": "019a0000-0000-7000-8000-000000000000"}],
        },
    )

    name: Name
    task_id: TaskId
    task_version: Version | None = Field(default=None, description="null for the newest at each call")
    input: dict[str, Any] = Field(default_factory=dict)
    payload_as: Member = "payload"
    payload_form: Form | None = None
    calls_per_minute: CallRate = 60
    paused: bool = Field(default=False, strict=True)


class TriggerChange(BaseModel):
    """What is sent is changed, the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paused": True}]})

    name: Name | None = None
    task_id: TaskId | None = None
    task_version: Version | None = None
    input: dict[str, Any] | None = None
    payload_as: Member | None = None
    payload_form: Form | None = None
    calls_per_minute: CallRate | None = None
    paused: bool | None = Field(default=None, strict=True)


class TriggerView(Readable):
    """A trigger without its secret; `path` is where its calls go, on the host of this API."""

    READ_BY: ClassVar = Permission.TRIGGERS_READ
    CONTENT: ClassVar = frozenset({"input", "payload_form"})

    id: TriggerId
    name: str
    path: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any] | None = Field(description="null for who may not read triggers, as `payload_form` is")
    payload_as: str
    payload_form: dict[str, Any] | None
    calls_per_minute: int
    paused: bool
    runs_as: UserId = Field(description="with whose rights, and at whose budget, its runs start: who changed it last")
    previous_secret_until: datetime | None = Field(description="until when the secret before opens it as well")
    created_by: UserId | None
    by_key: ApiKeyId | None = Field(description="the key with which it was made, or its secret was last rotated")
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, tenant_id: TenantId, trigger: Trigger) -> Self:
        return cls.model_validate(_members(tenant_id, trigger))


class NewTriggerView(TriggerView):
    """A trigger with the secret that signs its calls; it is shown this once."""

    secret: str

    @classmethod
    def with_secret(cls, tenant_id: TenantId, trigger: Trigger, secret: str) -> Self:
        return cls.model_validate({**TriggerView.of(tenant_id, trigger).model_dump(), "secret": secret})


def _members(tenant_id: TenantId, trigger: Trigger) -> dict[str, object]:
    names = set(TriggerView.model_fields) - {"id", "path"}
    return {
        "id": trigger.trigger_id,
        "path": path_of(tenant_id, trigger.trigger_id),
        **{name: getattr(trigger, name) for name in names},
    }


class TriggerCallView(BaseModel):
    """A call that was signed well; its body is in the input of its run."""

    id: TriggerCallId
    message_id: str = Field(description="its `webhook-id`")
    status: CallStatus
    reason: RefusalReason | None
    detail: str | None
    run_id: RunId | None
    received_at: datetime

    @classmethod
    def of(cls, call: TriggerCall) -> Self:
        names = set(cls.model_fields) - {"id"}
        return cls.model_validate({"id": call.call_id, **{name: getattr(call, name) for name in names}})


class CalledView(BaseModel):
    """What a call has started; the same for each repetition under its id."""

    run_id: RunId
    message_id: str
