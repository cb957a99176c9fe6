"""`/tenants/{tenant_id}/bounds`."""

from fastapi import APIRouter

from control_plane.dependencies import App, PlatformOperator, TenantReader
from control_plane.governance.tenant_bounds import service
from foundation.contracts.policy.bounds import TenantBounds
from foundation.domain.ids import TenantId
from foundation.http.openapi import refusals

router = APIRouter(prefix="/tenants/{tenant_id}/bounds", tags=["limits"])


@router.get(
    "",
    summary="Within which bounds your tenant chooses, or any for operators",
    response_model_exclude_unset=True,
    operation_id="get_tenant_bounds",
    responses=refusals(404, 409),
)
async def get(tenant_id: TenantId, caller: TenantReader, app: App) -> TenantBounds:
    return await service.read(app, caller, tenant_id)


@router.put(
    "",
    summary="Replace the bounds of a tenant (operators)",
    response_model_exclude_unset=True,
    operation_id="put_tenant_bounds",
    responses=refusals(404, 413, 415),
)
async def put(tenant_id: TenantId, body: TenantBounds, caller: PlatformOperator, app: App) -> TenantBounds:
    await service.replace(app, caller, tenant_id, body)
    return body


@router.delete(
    "",
    status_code=204,
    summary="Remove the bounds of a tenant (operators)",
    operation_id="delete_tenant_bounds",
    responses=refusals(404),
)
async def delete(tenant_id: TenantId, caller: PlatformOperator, app: App) -> None:
    await service.replace(app, caller, tenant_id, None)
