"""`/breakers` and `/operations`: all of it for operators, what concerns a tenant for its administrators."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, Overseer, PlatformOperator
from control_plane.governance.operations import service
from control_plane.governance.operations.schemas import AlertList, AlertView, BreakerList, TenantsLineView
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.contracts.gateway.operations import Breaker
from foundation.domain.ids import TenantId
from foundation.http.openapi import refusals
from foundation.workflow.lines import of_tenants
from foundation.workflow.lines.of_tenants import TenantsLine

router = RoomRouter(tags=["operations"])

_LINES = ListOf[TenantsLine]("lines of tenants", TenantsLineView, of_tenants.ORDERS, key=("tenant_id",))
Most = Annotated[int, Query(ge=1, le=500, description="how many at most"), IN_DIGITS]


@router.get(
    "/breakers",
    summary="Breakers of the models that the tenant called, or of all, as one gateway has them",
    operation_id="list_breakers",
)
async def breakers(caller: Overseer, app: App) -> BreakerList:
    return BreakerList(items=await service.breakers(app, caller))


@router.get(
    "/breakers/{provider}/{model:path}", summary="One breaker", operation_id="get_breaker", responses=refusals(404)
)
async def breaker(provider: str, model: str, caller: Overseer, app: App) -> Breaker:
    return await service.breaker(app, caller, provider, model)


@router.delete(
    "/breakers/{provider}/{model:path}",
    summary="Close a breaker, in every gateway; for operators alone",
    operation_id="reset_breaker",
    responses=refusals(404),
)
async def reset(provider: str, model: str, caller: PlatformOperator, app: App) -> Breaker:
    return await service.reset(app, caller, provider, model)


@router.get(
    "/operations/alerts",
    summary="Alerts of the tenant's calls and changes of its models' breakers, or all; newest first",
    operation_id="list_alerts",
)
async def alerts(caller: Overseer, app: App, limit: Most = 100) -> AlertList:
    entries = await service.latest(app, caller, most=limit)
    return AlertList(items=[AlertView.of(entry) for entry in entries])


@router.get(
    "/operations/resources",
    summary="Of which tenants steps run and stand in line, and how many; for operators",
    operation_id="list_tenants_lines",
    responses=refusals(422),
    response_model=_LINES.page,
)
async def lines(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    asked: Annotated[ListRequest, Depends(_LINES)],
    tenant_id: Annotated[TenantId | None, Query()] = None,
) -> Response:
    async with app.database.across_tenants(reason="an operator sees who holds and who waits") as tx:
        rows = await of_tenants.page(tx, asked.part, tenant_id=tenant_id)
    return _LINES.answer(rows, asked, TenantsLineView.of)
