"""Whoever is signed in, as the API shows them to themselves."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.people.roles.references import HeldRole
from foundation.domain.ids import TenantId, UserId
from foundation.domain.permissions import Permission
from foundation.storage.people.members import OwnMembership


class OwnTenant(BaseModel):
    """A tenant that somebody belongs to."""

    tenant_id: TenantId
    name: str
    role: HeldRole
    permissions: list[Permission]
    suspended: bool
    active: bool = Field(description="whether the next token names it")
    since: datetime

    @classmethod
    def of(cls, one: OwnMembership) -> Self:
        return cls(
            tenant_id=one.tenant_id,
            name=one.tenant_name,
            role=HeldRole.of(one.grant),
            permissions=sorted(one.grant.permissions),
            suspended=one.suspended_at is not None,
            active=one.is_active,
            since=one.created_at,
        )


class Me(BaseModel):
    """`user_id` is null for somebody who belongs to no tenant; `tenant_id` is the one that the token names."""

    user_id: UserId | None
    subject: str
    email: str | None = Field(description="verified by the identity provider, as the token says; null where it is not")
    tenant_id: TenantId | None
    tenants: list[OwnTenant]


class ActiveTenant(BaseModel):
    """The tenant that the next token is to name; the token that is sent now stays as it is."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tenant_id": "018f2f3a-0000-7000-8000-000000000001"}]}
    )

    tenant_id: TenantId
