"""What somebody who is signed in can do for themselves, in whatever tenant, or in none yet."""

from control_plane.identity.callers import Person
from control_plane.people.members import service as membership
from control_plane.people.users.schemas import Me, OwnTenant
from control_plane.resources import AppResources
from foundation.domain.errors import NotFound
from foundation.domain.ids import TenantId
from foundation.storage.people import audit, members
from foundation.storage.people.members import OwnMembership
from foundation.storage.session.database import Database


async def me(app: AppResources, person: Person) -> Me:
    own = await _memberships(app, person)
    return Me(
        user_id=own[0].user_id if own else None,
        subject=person.subject,
        email=person.verified_email,
        tenant_id=person.tenant_id,
        tenants=[OwnTenant.of(one) for one in own],
    )


async def choose_tenant(app: AppResources, person: Person, tenant_id: TenantId) -> Me:
    """`NotFound` for a tenant that they do not belong to, whether there is one or not."""
    async with app.database.tenant(tenant_id) as tx:
        user_id = await members.choose_tenant(tx, tenant_id, person.subject)
        if user_id is None:
            raise _not_yours()
        await audit.record(tx, tenant_id, actor=f"user:{user_id}", action="user.choose_tenant", target=str(tenant_id))
    return await me(app, person)


async def leave(app: AppResources, person: Person, tenant_id: TenantId, *, while_used: bool) -> None:
    for one in await _memberships(app, person):
        if one.tenant_id == tenant_id:
            return await membership.leave(app, tenant_id, one.user_id, while_used=while_used)
    raise _not_yours()


async def active_tenant(database: Database, subject: str) -> TenantId | None:
    """The tenant that a new token of theirs names; one that is suspended too, as its doors tell them so, and why."""
    async with database.across_tenants(reason="who signs in names no tenant yet") as tx:
        own = await members.of_subject(tx, subject)
    return next((one.tenant_id for one in own if one.is_active), None)


async def _memberships(app: AppResources, person: Person) -> list[OwnMembership]:
    async with app.database.across_tenants(reason="somebody asks which tenants they belong to") as tx:
        return await members.of_subject(tx, person.subject)


def _not_yours() -> NotFound:
    return NotFound("you belong to no such tenant", remedy="GET /api/v1/users/me lists yours")
