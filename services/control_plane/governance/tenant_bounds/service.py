"""Reads and sets the bounds of a tenant; each change is told in its audit and in the platform's."""

from control_plane.governance.tenant_policy.service import as_kind
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.people.tenants import service as tenants
from control_plane.resources import AppResources
from foundation.contracts.policy.bounds import TenantBounds
from foundation.domain.ids import TenantId
from foundation.storage.people import audit, tenant_settings

BOUNDS = "operator_bounds"
"""The member of a tenant's settings, which no route of the tenant's own writes."""


async def read(app: AppResources, caller: Operator | ApiCaller, tenant_id: TenantId) -> TenantBounds:
    """Of the caller's own tenant, or of any for an operator."""
    await tenants.get(app, caller, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        settings = await tenant_settings.read(tx, tenant_id)
    return as_kind(settings.get(BOUNDS) or {}, TenantBounds)


async def replace(app: AppResources, operator: Operator, tenant_id: TenantId, bounds: TenantBounds | None) -> None:
    """None removes them. What the tenant chose before holds on as far as the new bounds let it."""
    await tenants.get(app, operator, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        before = (await tenant_settings.read(tx, tenant_id)).get(BOUNDS)
        after = None if bounds is None else bounds.model_dump(mode="json", exclude_unset=True)
        if after == before:
            return
        if after is None:
            await tenant_settings.remove(tx, tenant_id, [BOUNDS])
        else:
            await tenant_settings.put(tx, tenant_id, {BOUNDS: after})
        action, detail = "tenant.bounds", {"before": before, "after": after}
        target = str(tenant_id)
        await audit.record(tx, tenant_id, actor=operator.actor, action=action, target=target, detail=detail)
        await audit.record_operator(tx, actor=operator.actor, action=action, target=target, detail=detail)
