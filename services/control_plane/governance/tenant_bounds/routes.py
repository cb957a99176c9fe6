"""`/tenants/{tenant_id}/bounds`."""

from fastapi import Response

from control_plane.dependencies import App, IfMatch, PlatformOperator, PutConditions, TenantReader
from control_plane.governance.tenant_bounds import service
from control_plane.requests.etags import expected_version
from control_plane.rooms import RoomRouter
from foundation.contracts.policy.bounds import TenantBounds
from foundation.domain.ids import TenantId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/tenants/{tenant_id}/bounds", tags=["limits"])


@router.get(
    "",
    summary="Within which bounds your tenant chooses, or any for operators",
    response_model_exclude_unset=True,
    operation_id="get_tenant_bounds",
    responses=refusals(404, 409),
)
async def get(tenant_id: TenantId, caller: TenantReader, app: App, response: Response) -> TenantBounds:
    bounds, response.headers["ETag"] = await service.read(app, caller, tenant_id)
    return bounds


@router.put(
    "",
    summary="Replace the bounds of a tenant (operators)",
    response_model_exclude_unset=True,
    operation_id="put_tenant_bounds",
    responses=refusals(404, 412, 413, 415),
)
async def put(
    tenant_id: TenantId,
    body: TenantBounds,
    caller: PlatformOperator,
    app: App,
    response: Response,
    conditions: PutConditions,
) -> TenantBounds:
    expected = expected_version(conditions)
    response.headers["ETag"] = await service.replace(app, caller, tenant_id, body, expected=expected)
    return body


@router.delete(
    "",
    status_code=204,
    summary="Remove the bounds of a tenant (operators)",
    operation_id="delete_tenant_bounds",
    responses=refusals(404, 412),
)
async def delete(tenant_id: TenantId, caller: PlatformOperator, app: App, if_match: IfMatch) -> None:
    await service.replace(app, caller, tenant_id, None, expected=expected_version(if_match))
