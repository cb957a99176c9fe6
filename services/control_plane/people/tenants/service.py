"""What can be done with tenants: operators make, suspend and restore them, owners describe their own."""

from collections.abc import Mapping
from typing import Any

from control_plane.identity.callers import ApiCaller, Operator
from control_plane.people.invitations.schemas import DAY_SECONDS, NewInvitationView
from control_plane.people.tenants.schemas import NewTenant, NewTenantView, TenantChange, TenantView
from control_plane.requests.etags import require_version
from control_plane.requests.keys.once import Claim, Keep
from control_plane.resources import AppResources
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import InvitationId, TenantId, new_uuid
from foundation.domain.permissions import Grant, Role
from foundation.storage.leaving import deletions
from foundation.storage.people import audit, invitations, members, tenants
from foundation.storage.people.invitations import new_token
from foundation.storage.people.tenants import TenantRecord
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected


async def create(
    app: AppResources, operator: Operator, wanted: NewTenant, *, claim: Claim, keep: Keep[NewTenantView]
) -> NewTenantView:
    """The tenant, which has no member until its owner accepts the invitation.

    Its transaction begins with `claim` and ends with `keep`.
    """
    tenant_id, invitation_id = TenantId(new_uuid()), InvitationId(new_uuid())
    token = new_token(tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        await claim(tx)
        await tenants.insert(
            tx, tenant_id, name=wanted.name, time_zone=wanted.time_zone, contact_email=wanted.contact_email
        )
        await invitations.insert(
            tx,
            tenant_id,
            invitation_id,
            email=wanted.owner_email,
            grant=Grant.built_in(Role.OWNER),
            token=token,
            seconds=30 * DAY_SECONDS,
            by=None,
        )
        told = {"after": wanted.model_dump(mode="json")}
        # The platform's audit outlives the tenant, and is to name nobody: the invitation's id is in the tenant's.
        await _record(tx, operator, tenant_id, "tenant.create", told, lasting={"invitation_id": str(invitation_id)})
        tenant = await tenants.get(tx, tenant_id)
        invitation = await invitations.get(tx, tenant_id, invitation_id)
        if tenant is None or invitation is None:
            raise AssertionError("a row that was inserted in this transaction is there")
        shown = NewInvitationView.with_token(invitation, token)
        made = NewTenantView(tenant=TenantView.of(tenant), invitation=shown)
        await keep(tx, made)
    return made


async def invite_again(app: AppResources, operator: Operator, tenant_id: TenantId) -> NewInvitationView:
    """A new invitation of the tenant's first owner, at the same address; the one before opens nothing any more.

    `Conflict` while there is an owner who can sign in: they invite.
    """
    async with app.database.tenant(tenant_id) as tx:
        await _locked(tx, tenant_id, by=operator)
        before = await invitations.of_first_owner(tx, tenant_id)
        if before is None or (before.accepted_at is not None and await members.hold_owners(tx, tenant_id)):
            raise Conflict("the tenant has had its owner already", remedy="have an owner invite whoever is missing")
        await invitations.revoke(tx, tenant_id, before.invitation_id)
        invitation_id, token = InvitationId(new_uuid()), new_token(tenant_id)
        await invitations.insert(
            tx,
            tenant_id,
            invitation_id,
            email=before.email,
            grant=before.grant,
            token=token,
            seconds=30 * DAY_SECONDS,
            by=None,
        )
        detail = {"invitation_id": str(invitation_id), "instead_of": str(before.invitation_id)}
        await _record(tx, operator, tenant_id, "tenant.invite_owner", detail)
        invitation = await invitations.get(tx, tenant_id, invitation_id)
    if invitation is None:
        raise AssertionError("a row that was inserted in this transaction is there")
    return NewInvitationView.with_token(invitation, token)


async def get(app: AppResources, caller: Operator | ApiCaller, tenant_id: TenantId) -> TenantRecord:
    """The caller's own tenant, or any for an operator."""
    if isinstance(caller, ApiCaller) and caller.tenant_id != tenant_id:
        raise _not_found()
    async with app.database.tenant(tenant_id) as tx:
        tenant = await tenants.get(tx, tenant_id)
    if tenant is None:
        raise _not_found(caller)
    return tenant


async def change(
    tx: Transaction, caller: ApiCaller, tenant_id: TenantId, wanted: TenantChange, *, expected: Expected
) -> TenantRecord:
    """Gateways count in a new time zone within five seconds."""
    if caller.tenant_id != tenant_id:
        raise _not_found()
    before = await _locked(tx, tenant_id)
    require_version("tenant", before.version, expected)
    was = {"name": before.name, "time_zone": before.time_zone, "contact_email": before.contact_email}
    becomes = {**was, **wanted.model_dump(include=wanted.model_fields_set)}
    if becomes == was:
        return before
    await tenants.update(tx, tenant_id, becomes)
    detail = {"before": was, "after": becomes}
    await audit.record(tx, tenant_id, actor=caller.actor, action="tenant.change", target=str(tenant_id), detail=detail)
    return await _locked(tx, tenant_id)


async def suspend(app: AppResources, operator: Operator, tenant_id: TenantId, *, reason: str) -> TenantRecord:
    """Its members are refused here at once, elsewhere within a minute; what runs goes on to its end.

    Of one that is suspended already the reason is replaced, which is what its members are told.
    """
    async with app.database.tenant(tenant_id) as tx:
        before = await _locked(tx, tenant_id, by=operator)
        if before.suspended_at is None or before.suspended_reason != reason:
            await tenants.suspend(tx, tenant_id, reason=reason)
            await _record(tx, operator, tenant_id, "tenant.suspend", {"reason": reason})
        after = await _locked(tx, tenant_id)
    app.callers.forget(tenant_id)
    return after


async def restore(app: AppResources, operator: Operator, tenant_id: TenantId) -> TenantRecord:
    """`Conflict` while the tenant is being deleted: its deletion has suspended it."""
    async with app.database.tenant(tenant_id) as tx:
        before = await _locked(tx, tenant_id, by=operator)
        await deletions.require_none_running(tx, tenant_id)
        if before.suspended_at is not None:
            await tenants.restore(tx, tenant_id)
            await _record(tx, operator, tenant_id, "tenant.restore", {"reason": before.suspended_reason})
        return await _locked(tx, tenant_id)


async def _locked(tx: Transaction, tenant_id: TenantId, *, by: Operator | ApiCaller | None = None) -> TenantRecord:
    tenant = await tenants.get(tx, tenant_id, lock=True)
    if tenant is None:
        raise _not_found(by)
    return tenant


async def _record(
    tx: Transaction,
    operator: Operator,
    tenant_id: TenantId,
    action: str,
    detail: Mapping[str, Any],
    *,
    lasting: Mapping[str, Any] | None = None,
) -> None:
    """In the tenant's audit, so that it sees what was done to it, and in the platform's, there with what may stay."""
    target = str(tenant_id)
    await audit.record(tx, tenant_id, actor=operator.actor, action=action, target=target, detail=dict(detail))
    stays = dict(detail if lasting is None else lasting)
    await audit.record_operator(tx, actor=operator.actor, action=action, target=target, detail=stays)


def _not_found(by: Operator | ApiCaller | None = None) -> NotFound:
    listed = "GET /api/v1/tenants lists them" if isinstance(by, Operator) else "GET /api/v1/users/me lists yours"
    return NotFound("there is no such tenant", remedy=listed)
