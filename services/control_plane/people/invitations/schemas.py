"""Invitations as the API takes and shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.people.roles.references import HeldRole, RoleReference
from control_plane.requests.texts import Email
from foundation.domain.ids import ApiKeyId, InvitationId, TenantId, UserId
from foundation.storage.people.invitations import Invitation

DAY_SECONDS = 86_400
_EXAMPLE_TOKEN = "lsi_" + "0" * 32 + "_" + "A" * 43


class InvitationStatus(StrEnum):
    """How an invitation stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class NewInvitation(BaseModel):
    """For a person with this verified address, to have this role."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "ann@example.com", "role": "member"}]}
    )

    email: Email
    role: RoleReference
    expires_in: int = Field(default=7 * DAY_SECONDS, ge=60, le=30 * DAY_SECONDS, strict=True, description="seconds")


class Acceptance(BaseModel):
    """The token as the inviter handed it on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": _EXAMPLE_TOKEN}]})

    token: str = Field(min_length=1, max_length=100)


class Accepted(BaseModel):
    """Where the person is a member now; the next token that names the tenant opens it."""

    tenant_id: TenantId
    user_id: UserId
    role: HeldRole


class InvitationView(BaseModel):
    """An invitation, without its token."""

    id: InvitationId
    email: str
    role: HeldRole
    status: InvitationStatus
    invited_by: UserId | None = Field(description="null: an operator of the platform")
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UserId | None
    revoked_at: datetime | None
    by_key: ApiKeyId | None = Field(description="the key with which it was made")

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        return cls.model_validate(_members(invitation))


class NewInvitationView(InvitationView):
    """An invitation with its token, which is shown this once: hand it to the person."""

    token: str

    @classmethod
    def with_token(cls, invitation: Invitation, token: str) -> Self:
        return cls.model_validate({**_members(invitation), "token": token})


def _members(invitation: Invitation) -> dict[str, object]:
    return {
        "id": invitation.invitation_id,
        "email": invitation.email,
        "role": HeldRole.of(invitation.grant),
        "status": invitation.status,
        "invited_by": invitation.invited_by,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "accepted_at": invitation.accepted_at,
        "accepted_by": invitation.accepted_by,
        "revoked_at": invitation.revoked_at,
        "by_key": invitation.by_key,
    }
