"""What can be done with invitations: sent by who holds the role's permissions, taken once by whose address it is."""

from control_plane.identity.callers import ApiCaller, Person
from control_plane.people.invitations.schemas import Accepted, NewInvitation
from control_plane.people.roles.references import HeldRole, grant_by
from control_plane.resources import AppResources
from foundation.domain.errors import Conflict, Forbidden, NotFound
from foundation.domain.ids import InvitationId, TenantId, new_uuid
from foundation.storage.people import audit, invitations, members, tenancy, tenants
from foundation.storage.people.invitations import Invitation, new_token, tenant_of_token
from foundation.storage.session.database import Transaction


async def create(tx: Transaction, caller: ApiCaller, wanted: NewInvitation) -> tuple[Invitation, str]:
    """The invitation, and its token, which is shown this once."""
    grant = await grant_by(tx, caller, wanted.role, to="invite somebody to this role")
    for member in await members.page(tx, caller.tenant_id, members.PAGES.orders.first(1), email=wanted.email):
        remedy = f"PATCH /api/v1/members/{member.user_id} gives them another role"
        raise Conflict(f"{wanted.email} is a member already", remedy=remedy)
    token, invitation_id = new_token(caller.tenant_id), InvitationId(new_uuid())
    await invitations.insert(
        tx,
        caller.tenant_id,
        invitation_id,
        email=wanted.email,
        grant=grant,
        token=token,
        seconds=wanted.expires_in,
        by=caller.user_id,
        by_key=caller.api_key_id,
    )
    made = await get(tx, caller.tenant_id, invitation_id)
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action="invitation.create",
        target=str(invitation_id),
        detail={"after": shown(made)},
    )
    return made, token


async def get(tx: Transaction, tenant_id: TenantId, invitation_id: InvitationId, *, lock: bool = False) -> Invitation:
    invitation = await invitations.get(tx, tenant_id, invitation_id, lock=lock)
    if invitation is None:
        raise NotFound("there is no such invitation", remedy="GET /api/v1/invitations lists them")
    return invitation


async def revoke(tx: Transaction, caller: ApiCaller, invitation_id: InvitationId) -> None:
    """`Conflict` when it was taken already; one that was revoked stays as it is."""
    before = await get(tx, caller.tenant_id, invitation_id, lock=True)
    if not await invitations.revoke(tx, caller.tenant_id, invitation_id):
        if before.accepted_at is not None:
            raise Conflict("the invitation was accepted", remedy="remove the member, or change their role")
        return
    await audit.record(
        tx,
        caller.tenant_id,
        actor=caller.actor,
        action="invitation.revoke",
        target=str(invitation_id),
        detail={"before": shown(before)},
    )


async def accept(app: AppResources, person: Person, token: str) -> Accepted:
    """Makes the person a member; `NotFound` whenever this token is not for them, whoever's it is."""
    tenant_id = tenant_of_token(token)
    if person.verified_email is None:
        remedy = "verify your address with the identity provider, and sign in again"
        raise Forbidden("your token names no verified address of e-mail", remedy=remedy)
    if tenant_id is None:
        raise _not_for_you()
    async with app.database.tenant(tenant_id) as tx:
        invitation = await invitations.locked_by_token(tx, tenant_id, token)
        tenant = await tenants.get(tx, tenant_id)
        if invitation is None or tenant is None or invitation.email != person.verified_email:
            raise _not_for_you()
        if invitation.status != "pending":
            if await tenancy.member_by_subject(tx, tenant_id, person.subject, even_suspended=True) is not None:
                raise members.already_a_member()
            raise Conflict(f"the invitation is {invitation.status}", remedy="ask for a new one")
        if tenant.suspended_at is not None:
            raise Conflict("the tenant is suspended", remedy="ask who operates the platform")
        await _require_inviter(tx, tenant_id, invitation)
        user_id = await members.user_of_subject(tx, person.subject, email=person.verified_email)
        await members.insert(tx, tenant_id, user_id, invitation.grant)
        await invitations.accept(tx, tenant_id, invitation.invitation_id, by=user_id)
        await audit.record(
            tx,
            tenant_id,
            actor=f"user:{user_id}",
            action="invitation.accept",
            target=str(invitation.invitation_id),
            detail={"after": {"email": invitation.email, "role": invitation.grant.name}},
        )
    app.callers.forget(tenant_id)
    return Accepted(tenant_id=tenant_id, user_id=user_id, role=HeldRole.of(invitation.grant))


async def _require_inviter(tx: Transaction, tenant_id: TenantId, invitation: Invitation) -> None:
    """That whoever invited may give the role still: a member who holds all of it, or an operator of the platform."""
    if invitation.invited_by is None:
        return
    inviters = await tenancy.held_grant(tx, tenant_id, invitation.invited_by)
    if inviters is None or not invitation.grant.permissions <= inviters.permissions:
        reason = "whoever made the invitation may not give its role any more"
        raise Conflict(reason, remedy="ask for an invitation of somebody who may")


def shown(invitation: Invitation) -> dict[str, object]:
    """An invitation as the audit keeps it."""
    return {
        "email": invitation.email,
        "role": invitation.grant.name,
        "expires_at": invitation.expires_at.isoformat(),
    }


def _not_for_you() -> NotFound:
    remedy = "sign in with the address that was invited, or ask for a new invitation"
    return NotFound("there is no such invitation for your address", remedy=remedy)
