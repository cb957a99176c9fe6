"""`/tenants/{tenant_id}/export` and `/tenants/{tenant_id}/exports`."""

from typing import Annotated

from fastapi import Depends, Response

from control_plane.dependencies import App, TenantWriter, Tx
from control_plane.governance.tenant_exports import service
from control_plane.governance.tenant_exports.schemas import ExportView
from control_plane.requests.keys.once import once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ExportId, TenantId
from foundation.http.openapi import refusals
from foundation.storage.leaving import exports
from foundation.storage.leaving.exports import TenantExport

router = RoomRouter(prefix="/tenants/{tenant_id}", tags=["people"])

_EXPORTS = ListOf[TenantExport]("exports", ExportView, exports.PAGES.orders)


@router.post(
    "/export",
    status_code=202,
    summary="Have all that your tenant has put into one archive",
    operation_id="export_tenant",
    responses=refusals(404, 409, 422),
)
@once()
async def export(tenant_id: TenantId, response: Response, caller: TenantWriter, tx: Tx) -> ExportView:
    asked = await service.request(tx, caller, tenant_id)
    response.headers["Location"] = f"/api/v1/tenants/{tenant_id}/exports/{asked.export_id}"
    return ExportView.of(asked)


@router.get(
    "/exports",
    summary="The exports of your tenant, newest first",
    operation_id="list_tenant_exports",
    responses=refusals(404, 422),
    response_model=_EXPORTS.page,
)
async def list_exports(
    tenant_id: TenantId, caller: TenantWriter, tx: Tx, asked: Annotated[ListRequest, Depends(_EXPORTS)]
) -> Response:
    service.require_own(caller, tenant_id)
    rows = await exports.page(tx, tenant_id, asked.part)
    return _EXPORTS.answer(rows, asked, ExportView.of)


@router.get(
    "/exports/{export_id}",
    summary="One export, with the address of its archive once it is ready",
    operation_id="get_tenant_export",
    responses=refusals(404),
)
async def get_export(tenant_id: TenantId, export_id: ExportId, caller: TenantWriter, app: App) -> ExportView:
    return await service.get(app, caller, tenant_id, export_id)
