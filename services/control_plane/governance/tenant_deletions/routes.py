"""`DELETE /tenants/{tenant_id}`, its deletion, and `/deletion-certificates`."""

from typing import Annotated

from fastapi import Query, Response

from control_plane.dependencies import App, SomebodySignedIn, TenantOwnerOrOperator
from control_plane.governance.tenant_deletions import service
from control_plane.governance.tenant_deletions.schemas import (
    MAX_GRACE_DAYS,
    USUAL_GRACE_DAYS,
    CertificateView,
    DeletionView,
)
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.domain.ids import DeletionId, TenantId
from foundation.http.openapi import refusals

router = RoomRouter(tags=["people"])


@router.delete(
    "/tenants/{tenant_id}",
    status_code=202,
    summary="Have your tenant deleted, after some days of grace; at once only by operators",
    operation_id="delete_tenant",
    responses=refusals(404, 409),
)
async def delete(
    tenant_id: TenantId,
    response: Response,
    caller: TenantOwnerOrOperator,
    app: App,
    confirm: Annotated[
        str,
        Query(
            max_length=120, description="the name of the tenant, so that no other is deleted by mistake", examples=["x"]
        ),
    ],
    grace_days: Annotated[
        int | None,
        Query(
            ge=0, le=MAX_GRACE_DAYS, description=f"days in which it can be cancelled; {USUAL_GRACE_DAYS} if not said"
        ),
        IN_DIGITS,
    ] = None,
    stop_runs: Annotated[bool, Query(description="cancel what still runs when it begins")] = False,  # noqa: FBT002
) -> DeletionView:
    response.headers["Location"] = f"/api/v1/tenants/{tenant_id}/deletion"
    return DeletionView.of(
        await service.request(app, caller, tenant_id, confirm=confirm, grace_days=grace_days, stop_runs=stop_runs)
    )


@router.get(
    "/tenants/{tenant_id}/deletion",
    summary="How the deletion of a tenant stands, and its certificate when it is done",
    operation_id="get_tenant_deletion",
    responses=refusals(404),
)
async def get(tenant_id: TenantId, caller: TenantOwnerOrOperator, app: App) -> DeletionView:
    return DeletionView.of(await service.get(app, caller, tenant_id))


@router.delete(
    "/tenants/{tenant_id}/deletion",
    summary="Cancel the deletion of a tenant that has not begun",
    operation_id="cancel_tenant_deletion",
    responses=refusals(404, 409),
)
async def cancel(tenant_id: TenantId, caller: TenantOwnerOrOperator, app: App) -> DeletionView:
    return DeletionView.of(await service.cancel(app, caller, tenant_id))


@router.get(
    "/deletion-certificates/{deletion_id}",
    summary="The certificate of a deletion that is done, for whoever knows its id",
    operation_id="get_deletion_certificate",
    responses=refusals(404),
)
async def certificate(
    deletion_id: DeletionId,
    caller: SomebodySignedIn,  # noqa: ARG001 - it is the permission
    app: App,
) -> CertificateView:
    return await service.certificate(app, deletion_id)
