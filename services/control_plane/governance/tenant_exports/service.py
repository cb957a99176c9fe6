"""What an owner can do about exports of their tenant."""

from control_plane.governance.tenant_exports.schemas import ExportView
from control_plane.identity.callers import ApiCaller
from control_plane.resources import AppResources
from foundation.domain.errors import NotFound
from foundation.domain.ids import ExportId, TenantId, new_uuid
from foundation.storage.leaving import deletions, exports
from foundation.storage.leaving.exports import ExportStatus, TenantExport
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction


def require_own(caller: ApiCaller, tenant_id: TenantId) -> None:
    """`NotFound` for another tenant than the caller's."""
    if caller.tenant_id != tenant_id:
        raise NotFound("there is no such tenant", remedy="GET /api/v1/users/me lists yours")


async def request(tx: Transaction, caller: ApiCaller, tenant_id: TenantId) -> TenantExport:
    """A new export; the one that is being made already, where there is one. `Conflict` once the deletion has begun."""
    require_own(caller, tenant_id)
    await deletions.require_none_running(tx, tenant_id)
    wanted = ExportId(new_uuid())
    asked = await exports.request(tx, tenant_id, wanted, by=caller.actor)
    detail = {"already_asked_for": asked.export_id != wanted}
    target = str(asked.export_id)
    await audit.record(tx, tenant_id, actor=caller.actor, action="tenant.export", target=target, detail=detail)
    return asked


async def get(app: AppResources, caller: ApiCaller, tenant_id: TenantId, export_id: ExportId) -> ExportView:
    """With an address that is good for as long as those of artifacts; each one that is given is in the audit."""
    require_own(caller, tenant_id)
    async with app.database.tenant(tenant_id) as tx:
        export = await exports.get(tx, tenant_id, export_id)
        if export is None:
            raise NotFound("there is no such export", remedy=f"GET /api/v1/tenants/{tenant_id}/exports lists them")
        if export.status is ExportStatus.READY:
            await audit.record(tx, tenant_id, actor=caller.actor, action="tenant.export_fetch", target=str(export_id))
    if export.status is not ExportStatus.READY:
        return ExportView.of(export)
    url = await app.objects.download_url(
        exports.key_of(tenant_id, export),
        seconds=app.settings.url_seconds,
        file_name=f"lockstep-{tenant_id}.zip",
        content_type="application/zip",
    )
    return ExportView.of(export, url=url)
