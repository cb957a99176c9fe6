"""What owners and operators can do about the deletion of a tenant."""

from datetime import UTC, datetime, timedelta

from control_plane.governance.tenant_deletions.schemas import USUAL_GRACE_DAYS, CertificateView
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.resources import AppResources
from foundation.domain.errors import BadRequest, Conflict, Fault, Forbidden, NotFound
from foundation.domain.ids import DeletionId, TenantId, new_uuid
from foundation.storage.execution import runs
from foundation.storage.leaving import deletions
from foundation.storage.leaving.deletions import TenantDeletion
from foundation.storage.people import audit, tenants
from foundation.storage.session.database import Transaction

Requester = Operator | ApiCaller


async def request(
    app: AppResources,
    caller: Requester,
    tenant_id: TenantId,
    *,
    confirm: str,
    grace_days: int | None,
    stop_runs: bool,
) -> TenantDeletion:
    """The deletion, which begins when its days of grace are over. `confirm` must be the tenant's name.

    One that is set already stays as it is: `Conflict` for who asks for other days of grace than it has.
    """
    _require_own(caller, tenant_id)
    if grace_days == 0 and not isinstance(caller, Operator):
        remedy = "leave grace_days out, or ask who operates the platform"
        raise Forbidden("only an operator of the platform may delete a tenant at once", remedy=remedy)
    async with app.database.tenant(tenant_id) as tx:
        if isinstance(caller, ApiCaller):
            await app.callers.hold(tx, caller)
        tenant = await tenants.get(tx, tenant_id, lock=True)
        if tenant is None:
            raise _no_such_tenant()
        if confirm != tenant.name:
            detail = "this is not the name of the tenant that is to be deleted"
            raise BadRequest(detail, faults=(Fault("/query/confirm", detail),), remedy="send its name as it is")
        open_runs = await runs.count_open(tx, tenant_id)
        if open_runs and not stop_runs:
            remedy = "wait for them to end, or send stop_runs=true: then they are cancelled when the deletion begins"
            raise Conflict(f"the tenant has {open_runs} open runs", remedy=remedy)
        now = datetime.now(UTC)
        deletion_id = DeletionId(new_uuid())
        begins = now + timedelta(days=USUAL_GRACE_DAYS if grace_days is None else grace_days)
        is_new = await deletions.request(tx, tenant_id, deletion_id, by=caller.actor, now=now, not_before=begins)
        deletion = await _found(tx, tenant_id)
        asks_otherwise = grace_days is not None and begins - now != deletion.not_before - deletion.requested_at
        if not is_new and asks_otherwise and deletion.not_before > now:
            remedy = f"cancel it first: DELETE /api/v1/tenants/{tenant_id}/deletion"
            raise Conflict(f"the tenant's deletion is set for {deletion.not_before.isoformat()}", remedy=remedy)
        if is_new:
            told: dict[str, object] = {
                "deletion_id": str(deletion_id),
                "not_before": begins.isoformat(),
                "open_runs": open_runs,
            }
            await _record(tx, caller, tenant_id, "tenant.delete", told)
    return deletion


async def get(app: AppResources, caller: Requester, tenant_id: TenantId) -> TenantDeletion:
    _require_own(caller, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        return await _found(tx, tenant_id)


async def cancel(app: AppResources, caller: Requester, tenant_id: TenantId) -> TenantDeletion:
    """`Conflict` once it has begun; a deletion that was cancelled already stays so."""
    _require_own(caller, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        if isinstance(caller, ApiCaller):
            await app.callers.hold(tx, caller)
        before = await _found(tx, tenant_id)
        if await deletions.cancel(tx, tenant_id):
            await _record(tx, caller, tenant_id, "tenant.delete_cancel", {"deletion_id": str(before.deletion_id)})
        after = await _found(tx, tenant_id)
    if after.status not in {deletions.DeletionStatus.CANCELLED, deletions.DeletionStatus.SCHEDULED}:
        raise Conflict("the deletion has begun, and goes on to its end", remedy="there is nothing to be done any more")
    return after


async def certificate(app: AppResources, deletion_id: DeletionId) -> CertificateView:
    """For whoever knows the id, which nobody can guess; a certificate has nothing of what was deleted."""
    async with app.database.across_tenants(reason="the tenant of a certificate is gone") as tx:
        found = await deletions.certificate(tx, deletion_id)
    if found is None:
        remedy = "take the id from the deletion; there is a certificate once it is done"
        raise NotFound("there is no such certificate", remedy=remedy)
    return CertificateView(
        certificate=found, claims=app.certificates.read(found), public_key=app.certificates.public_jwk
    )


async def _found(tx: Transaction, tenant_id: TenantId) -> TenantDeletion:
    deletion = await deletions.get(tx, tenant_id)
    if deletion is None:
        raise NotFound("nobody has asked for the deletion of this tenant", remedy=f"DELETE /api/v1/tenants/{tenant_id}")
    return deletion


async def _record(
    tx: Transaction, caller: Requester, tenant_id: TenantId, action: str, detail: dict[str, object]
) -> None:
    """In the tenant's audit, and, as that goes with the tenant, in the platform's."""
    target = str(tenant_id)
    await audit.record(tx, tenant_id, actor=caller.actor, action=action, target=target, detail=detail)
    await audit.record_operator(tx, actor=caller.actor, action=action, target=target, detail=detail)


def _require_own(caller: Requester, tenant_id: TenantId) -> None:
    if isinstance(caller, ApiCaller) and caller.tenant_id != tenant_id:
        raise _no_such_tenant()


def _no_such_tenant() -> NotFound:
    return NotFound("there is no such tenant", remedy="GET /api/v1/users/me lists yours")
