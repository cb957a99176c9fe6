"""Members as the API shows and changes them."""

from datetime import datetime
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.people.roles.references import HeldRole, RoleReference
from control_plane.requests.answers.readable import Readable
from foundation.domain.ids import UserId
from foundation.domain.permissions import Permission
from foundation.storage.people.members import Membership


class MemberChange(BaseModel):
    """The role that a member has from now on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "viewer"}]})

    role: RoleReference


class MemberView(Readable):
    """A member: a person with an address, where it is known, or a service account with a name."""

    READ_BY: ClassVar = Permission.MEMBERS_READ
    CONTENT: ClassVar = frozenset({"email", "name"})

    user_id: UserId
    kind: Literal["person", "service_account"]
    email: str | None = Field(description="null for who may not read members, as `name` is")
    name: str | None
    role: HeldRole
    since: datetime
    version: int

    @classmethod
    def of(cls, member: Membership) -> Self:
        return cls(
            user_id=member.user_id,
            kind="person" if member.is_person else "service_account",
            email=member.email,
            name=member.name,
            role=HeldRole.of(member.grant),
            since=member.created_at,
            version=member.version,
        )
