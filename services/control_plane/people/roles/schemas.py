"""Roles as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from control_plane.requests.texts import Description, RightsName
from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.accepted.shown_text import as_read
from foundation.domain.ids import RoleId
from foundation.domain.permissions import PERMISSIONS_OF, RESERVED_TO_OWNERS, Permission, Role
from foundation.storage.people.roles import OwnRole

_EXAMPLE: dict[str, JsonValue] = {
    "name": "auditor",
    "description": "reads the audit and the bill",
    "permissions": ["audit:read", "usage:read"],
}

RoleName = Annotated[RightsName, Field(max_length=64)]
"""Not a built-in role's."""


class NewRole(BaseModel):
    """A role of the tenant's own. Nobody gives a permission that they do not hold; some are reserved to owners."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: RoleName
    description: Description = ""
    permissions: list[Permission] = Field(min_length=1, max_length=64)

    @field_validator("name")
    @classmethod
    def _is_read_as_it_is(cls, name: str) -> str:
        if (plain := as_read(name)) in set(Role):
            raise ValueError(f"every tenant has the role {plain}; choose another name")
        return name

    @field_validator("permissions")
    @classmethod
    def _may_be_given(cls, permissions: list[Permission]) -> list[Permission]:
        if reserved := sorted(RESERVED_TO_OWNERS & set(permissions)):
            raise ValueError(f"{reserved[0]} is reserved to owners; leave it out")
        return distinct(permissions)


class RoleView(BaseModel):
    """A role that the tenant has made."""

    id: RoleId
    name: str
    description: str
    permissions: list[Permission]
    members: int = Field(description="how many members have it")
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, role: OwnRole) -> Self:
        return cls(
            id=role.role_id,
            name=role.name,
            description=role.description,
            permissions=sorted(role.permissions),
            members=role.members,
            version=role.version,
            created_at=role.created_at,
            updated_at=role.updated_at,
        )


class PermissionView(BaseModel):
    """A permission, which of the built-in roles have it, and whether a role of the tenant's own may."""

    name: Permission
    roles: list[Role]
    reserved_to_owners: bool

    @classmethod
    def of(cls, permission: Permission) -> Self:
        held = [role for role in Role if permission in PERMISSIONS_OF[role]]
        return cls(name=permission, roles=held, reserved_to_owners=permission in RESERVED_TO_OWNERS)


class PermissionList(BaseModel):
    """All permissions that there are."""

    items: list[PermissionView]
