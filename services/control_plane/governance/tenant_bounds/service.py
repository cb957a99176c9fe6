"""Reads and sets the bounds of a tenant; each change is told in its audit and in the platform's."""

from control_plane.governance.quotas.service import require_within
from control_plane.governance.tenant_policy.service import as_kind
from control_plane.identity.callers import ApiCaller, Operator
from control_plane.people.tenants import service as tenants
from control_plane.requests.etags import content_tag, quoted, require_content
from control_plane.resources import AppResources
from foundation.contracts.policy.bounds import TenantBounds
from foundation.contracts.policy.quotas import QuotaPolicy
from foundation.domain.ids import TenantId
from foundation.storage.people import audit, tenant_settings
from foundation.storage.retention import sweeps
from foundation.storage.session.seen import Expected
from foundation.telemetry.background import utc_now

BOUNDS = "operator_bounds"
"""The member of a tenant's settings, which no route of the tenant's own writes."""


async def read(app: AppResources, caller: Operator | ApiCaller, tenant_id: TenantId) -> tuple[TenantBounds, str]:
    """Of the caller's own tenant, or of any for an operator; and their ETag."""
    await tenants.get(app, caller, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        settings = await tenant_settings.read(tx, tenant_id)
    return as_kind(settings.get(BOUNDS) or {}, TenantBounds), quoted(content_tag(settings.get(BOUNDS)))


async def replace(
    app: AppResources, operator: Operator, tenant_id: TenantId, bounds: TenantBounds | None, *, expected: Expected
) -> str:
    """The new ETag; None removes them. What the tenant chose before holds on as far as the new bounds let it.

    `BadRequest` for bounds above what the platform allows all.
    """
    await tenants.get(app, operator, tenant_id)
    if bounds is not None:
        most = app.settings.max_open_runs
        require_within(bounds.quotas, QuotaPolicy(), at="/body/quotas", max_open=most)
    async with app.database.tenant(tenant_id) as tx:
        before = (await tenant_settings.read(tx, tenant_id, lock=True)).get(BOUNDS)
        require_content("bounds", before, expected)
        after = None if bounds is None else bounds.model_dump(mode="json", exclude_unset=True)
        if after == before:
            return quoted(content_tag(before))
        if after is None:
            await tenant_settings.remove(tx, tenant_id, [BOUNDS])
        else:
            await tenant_settings.put(tx, tenant_id, {BOUNDS: after})
            await sweeps.hasten(tx, tenant_id, due_at=utc_now())
        action, detail = "tenant.bounds", {"before": before, "after": after}
        target = str(tenant_id)
        await audit.record(tx, tenant_id, actor=operator.actor, action=action, target=target, detail=detail)
        await audit.record_operator(tx, actor=operator.actor, action=action, target=target, detail=detail)
    return quoted(content_tag(after))
