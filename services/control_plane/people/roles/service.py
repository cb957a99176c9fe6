"""What can be done with a tenant's own roles; nobody gives, takes or changes what they do not hold themselves."""

from control_plane.identity.callers import ApiCaller
from control_plane.people.roles.schemas import NewRole
from control_plane.requests.etags import require_version
from control_plane.resources import AppResources
from foundation.contracts.accepted.shown_text import as_read
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import RoleId, new_uuid
from foundation.domain.words.quoting import quoted
from foundation.storage.people import audit, roles
from foundation.storage.people.roles import OwnRole
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected

MAX_ROLES = 100
"""Roles of one tenant."""


async def create(tx: Transaction, caller: ApiCaller, wanted: NewRole) -> OwnRole:
    caller.require_all(wanted.permissions, to="make this role")
    if await roles.count(tx, caller.tenant_id) >= MAX_ROLES:
        raise Conflict(f"the tenant has {MAX_ROLES} roles of its own", remedy="delete one that nobody has")
    role_id = RoleId(new_uuid())
    await _require_own_name(tx, caller, wanted.name, role_id)
    await roles.insert(
        tx,
        caller.tenant_id,
        role_id,
        name=wanted.name,
        description=wanted.description,
        permissions=wanted.permissions,
    )
    detail = {"after": wanted.model_dump(mode="json")}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action="role.create", target=str(role_id), detail=detail
    )
    return await get(tx, caller, role_id)


async def get(tx: Transaction, caller: ApiCaller, role_id: RoleId) -> OwnRole:
    role = await roles.get(tx, caller.tenant_id, role_id)
    if role is None:
        raise _not_found()
    return role


async def replace(
    app: AppResources, caller: ApiCaller, role_id: RoleId, wanted: NewRole, *, expected: Expected
) -> OwnRole:
    """The role as it is from now on. Other processes may hold to the old one for `LOCKSTEP_MEMBERSHIP_SECONDS`."""
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        await roles.count(tx, caller.tenant_id)  # so that no other name is given meanwhile
        before = await _locked(tx, caller, role_id, expected)
        caller.require_all({*before.permissions, *wanted.permissions}, to="change this role")
        await _require_own_name(tx, caller, wanted.name, role_id)
        await roles.update(
            tx,
            caller.tenant_id,
            role_id,
            name=wanted.name,
            description=wanted.description,
            permissions=wanted.permissions,
        )
        detail = {"before": shown(before), "after": wanted.model_dump(mode="json")}
        await audit.record(
            tx, caller.tenant_id, actor=caller.actor, action="role.change", target=str(role_id), detail=detail
        )
        after = await get(tx, caller, role_id)
    app.callers.forget(caller.tenant_id)
    return after


async def delete(tx: Transaction, caller: ApiCaller, role_id: RoleId, *, expected: Expected) -> None:
    """`Conflict` while somebody has the role, or is invited to it."""
    before = await _locked(tx, caller, role_id, expected)
    caller.require_all(before.permissions, to="delete this role")
    if not await roles.delete(tx, caller.tenant_id, role_id):
        raise Conflict(_held(before.members), remedy="give them another role first, or revoke the invitation")
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action="role.delete",
        target=str(role_id),
        detail={"before": shown(before)},
    )


def _held(members: int) -> str:
    if members == 0:
        return "somebody is invited to this role"
    return "1 member has this role" if members == 1 else f"{members} members have this role"


def shown(role: OwnRole) -> dict[str, object]:
    """A role as the audit keeps it."""
    return {"name": role.name, "description": role.description, "permissions": sorted(role.permissions)}


async def _locked(tx: Transaction, caller: ApiCaller, role_id: RoleId, expected: Expected) -> OwnRole:
    role = await roles.locked(tx, caller.tenant_id, role_id)
    if role is None:
        raise _not_found()
    require_version("role", role.version, expected)
    return role


def _not_found() -> NotFound:
    return NotFound("there is no such role of your tenant", remedy="GET /api/v1/roles lists them")


async def _require_own_name(tx: Transaction, caller: ApiCaller, name: str, role_id: RoleId) -> None:
    """That no other role of the tenant has a name which reads the same."""
    for other in await roles.page(tx, caller.tenant_id, roles.PAGES.orders.first(MAX_ROLES)):
        if other.role_id != role_id and as_read(other.name) == as_read(name):
            raise Conflict(f"a role of the tenant is named {quoted(other.name)} already", remedy="choose another name")
