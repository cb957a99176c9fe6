"""A role as somebody is given it: the word of a built-in one, or the id of one that the tenant has made."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import BadRequest, Fault
from foundation.domain.ids import RoleId
from foundation.domain.permissions import Grant, Role
from foundation.storage.people import roles
from foundation.storage.session.database import Transaction

RoleReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=36,
        description="`owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's roles",
        examples=["member"],
    ),
]


class HeldRole(BaseModel):
    """The role that somebody has; `id` is null for a built-in one."""

    id: RoleId | None
    name: str

    @classmethod
    def of(cls, grant: Grant) -> Self:
        return cls(id=grant.role_id, name=grant.name)


async def grant_by(tx: Transaction, caller: ApiCaller, reference: str, *, to: str) -> Grant:
    """What the role grants, which the caller holds; nobody changes the role until the transaction ends.

    `BadRequest` when there is no such role, `Forbidden` when the caller does not hold all of it.
    """
    grant = await _grant(tx, caller, reference)
    caller.require_all(grant.permissions, to=to)
    return grant


async def _grant(tx: Transaction, caller: ApiCaller, reference: str) -> Grant:
    if reference in set(Role):
        return Grant.built_in(Role(reference))
    try:
        role_id = RoleId(UUID(reference))
    except ValueError:
        raise _unknown() from None
    role = await roles.shared(tx, caller.tenant_id, role_id)
    if role is None:
        raise _unknown()
    return Grant(None, role.role_id, role.name, role.permissions)


def _unknown() -> BadRequest:
    reason = f"there is no such role; send {', '.join(Role)} or the id of one of the tenant's roles"
    return BadRequest(reason, faults=(Fault("/body/role", reason),))
