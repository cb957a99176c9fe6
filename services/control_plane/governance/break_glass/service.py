"""Opens and ends accesses by break-glass: each time the tenant is told, in its audit, its stream and by webhooks."""

from control_plane.governance.break_glass.schemas import OpenAccess
from control_plane.identity.callers import Operator
from control_plane.requests.keys.once import Claim, Keep
from control_plane.resources import AppResources
from control_plane.webhook_sending.tenant_events import tell
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import BreakGlassId, TenantId, new_uuid
from foundation.domain.run_events import TenantEventType
from foundation.storage.audit import break_glass
from foundation.storage.audit.break_glass import BreakGlassAccess
from foundation.storage.people import audit, tenants
from foundation.storage.session.database import Transaction

ENDED_BY_TIME = "system:break_glass"


async def open_access(
    app: AppResources, operator: Operator, wanted: OpenAccess, *, claim: Claim, keep: Keep[BreakGlassAccess]
) -> BreakGlassAccess:
    """`Conflict` while the operator has one of this tenant open."""
    tenant_id, access_id = wanted.tenant_id, BreakGlassId(new_uuid())
    async with app.database.tenant(tenant_id) as tx:
        await claim(tx)
        if await tenants.get(tx, tenant_id) is None:
            raise NotFound("there is no such tenant", remedy="GET /api/v1/tenants lists them")
        before = await break_glass.untold_of(tx, tenant_id, operator.actor)
        if before is not None and before.ended_at is not None:
            await end_and_tell(tx, tenant_id, before.access_id, by=ENDED_BY_TIME)
        access = await break_glass.open_one(
            tx, tenant_id, access_id, operator=operator.actor, reason=wanted.reason, minutes=wanted.minutes
        )
        if access is None:
            which = "one" if before is None else f"the access {before.access_id}"
            remedy = "read by that one, or end it and open another"
            raise Conflict(f"you have {which} to this tenant open already", remedy=remedy)
        data = {"access_id": str(access_id), "actor": operator.actor, "reason": access.reason}
        data |= {"expires_at": access.expires_at.isoformat()}
        await _record(tx, access, TenantEventType.BREAK_GLASS_OPENED, data, by=operator.actor)
        await tell(tx, tenant_id, TenantEventType.BREAK_GLASS_OPENED, at=access.opened_at, data=data)
        await keep(tx, access)
    return access


async def end_access(app: AppResources, operator: Operator, access_id: BreakGlassId) -> BreakGlassAccess:
    """Any operator may; one that has ended already stays as it ended."""
    found = await get_any(app, access_id)
    async with app.database.tenant(found.tenant_id) as tx:
        return await end_and_tell(tx, found.tenant_id, access_id, by=operator.actor) or await of_tenant(
            tx, found.tenant_id, access_id
        )


async def end_and_tell(
    tx: Transaction, tenant_id: TenantId, access_id: BreakGlassId, *, by: str
) -> BreakGlassAccess | None:
    """None where it had ended before, and was told."""
    access = await break_glass.end(tx, tenant_id, access_id, by=by)
    if access is None or access.ended_at is None:
        return None
    data = {"access_id": str(access_id), "actor": by, "operator": access.operator, "reason": access.reason}
    await _record(tx, access, TenantEventType.BREAK_GLASS_ENDED, data, by=by)
    await tell(tx, tenant_id, TenantEventType.BREAK_GLASS_ENDED, at=access.ended_at, data=data)
    return access


async def get_any(app: AppResources, access_id: BreakGlassId) -> BreakGlassAccess:
    async with app.database.across_tenants(reason="an access is named before its tenant is known") as tx:
        found = await break_glass.find(tx, access_id)
    if found is None:
        raise _no_such_access("operations/break-glass-accesses?tenant_id=…")
    return found


async def of_tenant(tx: Transaction, tenant_id: TenantId, access_id: BreakGlassId) -> BreakGlassAccess:
    access = await break_glass.get(tx, tenant_id, access_id)
    if access is None:
        raise _no_such_access("break-glass-accesses")
    return access


def _no_such_access(listed: str) -> NotFound:
    return NotFound("there is no such access", remedy=f"GET /api/v1/{listed} lists them")


async def _record(
    tx: Transaction, access: BreakGlassAccess, action: TenantEventType, detail: dict[str, str], *, by: str
) -> None:
    """In the tenant's audit and in the platform's, which outlives the tenant."""
    await audit.record(tx, access.tenant_id, actor=by, action=action, target=str(access.access_id), detail=detail)
    await audit.record_operator(tx, actor=by, action=action, target=str(access.tenant_id), detail=detail)
