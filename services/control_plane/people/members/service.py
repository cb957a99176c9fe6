"""What can be done with members; a tenant keeps an owner, whoever asks for what at once."""

from collections.abc import Mapping

from control_plane.identity.callers import ApiCaller
from control_plane.people.roles.references import grant_by
from control_plane.requests.answers.in_use import starts_as
from control_plane.requests.etags import require_version
from control_plane.resources import AppResources
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import TenantId, UserId
from foundation.domain.permissions import Role
from foundation.storage.people import audit, members
from foundation.storage.people.members import Membership
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected


async def get(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> Membership:
    member = await members.get(tx, tenant_id, user_id)
    if member is None:
        raise NotFound("there is no such member", remedy="GET /api/v1/members lists them")
    return member


async def change_role(
    app: AppResources, caller: ApiCaller, user_id: UserId, reference: str, *, expected: Expected
) -> Membership:
    """The caller holds what the member may do before and after; the last owner stays one."""
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        owners = await members.hold_owners(tx, caller.tenant_id)
        before = await _expected(tx, caller.tenant_id, user_id, expected)
        caller.require_all(before.grant.permissions, to="change this member's role")
        grant = await grant_by(tx, caller, reference, to="give this role")
        if grant.role is not Role.OWNER:
            _require_another_owner(before, owners)
        await members.set_role(tx, caller.tenant_id, user_id, grant)
        detail = {"before": {"role": before.grant.name}, "after": {"role": grant.name}}
        await _record(tx, caller, "member.change", user_id, detail)
        after = await get(tx, caller.tenant_id, user_id)
    app.callers.forget(caller.tenant_id)
    return after


async def remove(
    app: AppResources, caller: ApiCaller, user_id: UserId, *, expected: Expected, while_used: bool
) -> None:
    """Ends a membership with its keys and open invitations: here at once, elsewhere within the time for one.

    `InUse` where schedules or triggers start runs as the member, unless they may fail: the audit has which these are.
    """
    async with app.database.tenant(caller.tenant_id) as tx:
        await app.callers.hold(tx, caller)
        owners = await members.hold_owners(tx, caller.tenant_id)
        before = await _expected(tx, caller.tenant_id, user_id, expected)
        caller.require_all(before.grant.permissions, to="remove this member")
        _require_another_owner(before, owners)
        used_by = await starts_as(tx, caller.tenant_id, user_id, noun="member", while_used=while_used)
        revoked = await members.delete(tx, caller.tenant_id, user_id)
        detail = {
            "before": {"role": before.grant.name, "email": before.email, "name": before.name},
            "invitations_revoked": revoked,
            **used_by,
        }
        await _record(tx, caller, "member.remove", user_id, detail)
    app.callers.forget(caller.tenant_id)


async def leave(app: AppResources, tenant_id: TenantId, user_id: UserId, *, while_used: bool) -> None:
    """Somebody gives up a membership of their own, whatever role it has; `InUse` as where they are removed."""
    async with app.database.tenant(tenant_id) as tx:
        owners = await members.hold_owners(tx, tenant_id)
        before = await get(tx, tenant_id, user_id)
        _require_another_owner(before, owners)
        used_by = await starts_as(tx, tenant_id, user_id, noun="membership", while_used=while_used)
        revoked = await members.delete(tx, tenant_id, user_id)
        detail = {
            "before": {"role": before.grant.name, "email": before.email},
            "invitations_revoked": revoked,
            **used_by,
        }
        await audit.record(
            tx,
            tenant_id,
            actor=f"user:{user_id}",
            action="member.leave",
            target=str(user_id),
            detail=detail,
        )
    app.callers.forget(tenant_id)


async def _expected(tx: Transaction, tenant_id: TenantId, user_id: UserId, expected: Expected) -> Membership:
    member = await get(tx, tenant_id, user_id)
    require_version("member", member.version, expected)
    return member


def _require_another_owner(member: Membership, owners: int) -> None:
    if member.grant.role is Role.OWNER and member.is_person and owners < 2:  # noqa: PLR2004
        raise Conflict("this is the tenant's last owner", remedy="make somebody else an owner first")


async def _record(
    tx: Transaction, caller: ApiCaller, action: str, user_id: UserId, detail: Mapping[str, object]
) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(user_id), detail=dict(detail)
    )
