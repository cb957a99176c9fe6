"""API keys as the API takes and shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from control_plane.people.api_keys.leaked import Ended, LeakOutcome, MadeKind
from control_plane.people.roles.references import RoleReference
from control_plane.requests.texts import Moment, Name
from foundation.contracts.accepted.distinct import distinct
from foundation.domain.ids import ApiKeyId, UserId
from foundation.domain.permissions import ApiKeyScope, Permission, known_permissions
from foundation.storage.people.key_records import KeyRecord

_EXAMPLE: dict[str, JsonValue] = {
    "name": "nightly report",
    "scopes": ["api"],
    "permissions": ["runs:read", "usage:read"],
}


class NewKey(BaseModel):
    """A key of the caller's own, or of a service account.

    It may do what its member may, or of that only what `permissions` name, or what `role` permits now.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    scopes: Annotated[list[ApiKeyScope], Field(min_length=1, max_length=2), AfterValidator(distinct)]
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=64), AfterValidator(distinct)] | None = None
    role: RoleReference | None = None
    expires_at: Moment | None = None
    service_account_id: UserId | None = None

    @model_validator(mode="after")
    def _is_narrowed_once(self) -> Self:
        if self.permissions is not None and self.role is not None:
            raise ValueError("send permissions or a role, not both")
        return self


class KeyChange(BaseModel):
    """How the key is called; what it may do never changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "nightly, second machine"}]})

    name: Name


class KeyView(BaseModel):
    """A key. Its text is nowhere kept; `hint` shows a little of its beginning and end."""

    id: ApiKeyId
    user_id: UserId = Field(description="the member, or service account, that calls with it")
    name: str
    hint: str
    scopes: list[ApiKeyScope]
    permissions: list[Permission] | None = Field(description="null: whatever its member may do")
    created_at: datetime
    created_by: UserId | None
    known_to: ApiKeyId | None = Field(
        description="the key that has made it, or has rotated it last; whoever holds that one has seen its text"
    )
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="to within a minute")
    previous_valid_until: datetime | None = Field(
        description="until when the text before the last rotation is accepted"
    )
    version: int

    @classmethod
    def of(cls, key: KeyRecord) -> Self:
        return cls.model_validate(_members(key))


class NewKeyView(KeyView):
    """A key with its text, which is shown this once."""

    key: str

    @classmethod
    def with_text(cls, key: KeyRecord, text: str) -> Self:
        return cls.model_validate({**_members(key), "key": text})


_LEAKED: dict[str, JsonValue] = {
    "items": [
        {"kind": "api_key", "id": "0193a1f0-0000-7000-8000-00000000000a", "name": "nightly", "outcome": "revoked"},
        {"kind": "webhook", "id": "0193a1f0-0000-7000-8000-00000000000b", "name": "to chat", "outcome": "paused"},
    ]
}


class EndedView(BaseModel):
    """One thing that was made, or turned, with a key which has leaked."""

    kind: MadeKind
    id: UUID
    name: str = Field(description="of an invitation, and of a member, the address; of a kill switch its reason")
    outcome: LeakOutcome = Field(
        description="`stays`: what you may not end, or have to decide about: a member, a role, a kill switch, a "
        "webhook whose secret it has read, a key that somebody has rotated since"
    )


class LeakView(BaseModel):
    """The key and all that was made or turned with it and acts by itself, and what has become of each."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LEAKED]})

    items: list[EndedView]

    @classmethod
    def of(cls, ended: Sequence[Ended]) -> Self:
        return cls(items=[EndedView(kind=one.kind, id=one.id, name=one.name, outcome=one.outcome) for one in ended])


def _members(key: KeyRecord) -> dict[str, object]:
    return {
        "id": key.api_key_id,
        "user_id": key.user_id,
        "name": key.name,
        "hint": key.hint,
        "scopes": sorted(key.scopes),
        "permissions": None if key.permissions is None else sorted(known_permissions(key.permissions)),
        "created_at": key.created_at,
        "created_by": key.created_by,
        "known_to": key.known_to,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
        "previous_valid_until": key.previous_until,
        "version": key.version,
    }
