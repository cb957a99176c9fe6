"""`/users/me`."""

from control_plane.dependencies import App, SomebodySignedIn
from control_plane.people.users import service
from control_plane.people.users.schemas import ActiveTenant, Me
from control_plane.requests.answers.in_use import WhileUsed
from control_plane.rooms import RoomRouter
from foundation.domain.ids import TenantId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/users/me", tags=["people"])


@router.get("", summary="Who you are, and the tenants that you belong to", operation_id="get_me")
async def me(person: SomebodySignedIn, app: App) -> Me:
    return await service.me(app, person)


@router.put(
    "/active-tenant",
    summary="Choose the tenant that your next token names",
    operation_id="put_active_tenant",
    responses=refusals(404, 413, 415),
)
async def choose_tenant(body: ActiveTenant, person: SomebodySignedIn, app: App) -> Me:
    return await service.choose_tenant(app, person, body.tenant_id)


@router.delete(
    "/tenants/{tenant_id}",
    status_code=204,
    summary="Leave a tenant, unless you are its last owner",
    operation_id="leave_tenant",
    responses=refusals(404, 409),
)
async def leave(tenant_id: TenantId, person: SomebodySignedIn, app: App, *, while_used: WhileUsed = False) -> None:
    await service.leave(app, person, tenant_id, while_used=while_used)
