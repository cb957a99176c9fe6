"""`/operations/break-glass-accesses` for operators, `/break-glass-accesses` for the tenant that was read."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, AuditReader, PlatformOperator, Tx
from control_plane.governance.break_glass import service
from control_plane.governance.break_glass.schemas import AccessView, OpenAccess
from control_plane.requests.keys.once import KeyedRequest, once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import BreakGlassId, TenantId
from foundation.http.openapi import refusals
from foundation.storage.audit import break_glass
from foundation.storage.audit.break_glass import BreakGlassAccess
from foundation.storage.session.database import Transaction

router = RoomRouter(tags=["audit"])

_ACCESSES = ListOf[BreakGlassAccess]("break-glass accesses", AccessView, break_glass.PAGES.orders)


@router.post(
    "/operations/break-glass-accesses",
    status_code=201,
    summary="Open an access to what is a tenant's, which the tenant is told of at once; for operators alone",
    description="With its `id` in the header `Break-Glass-Access`, and the same operator's token, the tenant's tasks, "
    "runs and what they left are read by GET, until it ends. Nothing is changed by it, no file or stream is opened, "
    "and each read is a row of the tenant's audit.",
    operation_id="open_break_glass_access",
    responses={**repeated(AccessView), **refusals(404, 409, 413, 415, 422)},
)
@once()
async def open_access(
    body: OpenAccess, response: Response, caller: PlatformOperator, app: App, keyed: KeyedRequest
) -> AccessView:
    async def keep(tx: Transaction, access: BreakGlassAccess) -> None:
        response.headers["Location"] = f"/api/v1/operations/break-glass-accesses/{access.access_id}"
        await keyed.keep(tx, AccessView.of(access), status=201, headers=response.headers)

    return AccessView.of(await service.open_access(app, caller, body, claim=keyed.claim, keep=keep))


@router.get(
    "/operations/break-glass-accesses",
    summary="Accesses of operators to a tenant, newest first; for operators alone",
    operation_id="list_platform_break_glass_accesses",
    responses=refusals(422),
    response_model=_ACCESSES.page,
)
async def list_platforms(
    _caller: PlatformOperator,
    app: App,
    asked: Annotated[ListRequest, Depends(_ACCESSES)],
    tenant_id: Annotated[TenantId, Query(description="whose they are")],
) -> Response:
    async with app.database.tenant(tenant_id) as tx:
        rows = await break_glass.page(tx, tenant_id, asked.part)
    return _ACCESSES.answer(rows, asked, AccessView.of)


@router.get(
    "/operations/break-glass-accesses/{access_id}",
    summary="An access of an operator to a tenant; for operators alone",
    operation_id="get_platform_break_glass_access",
    responses=refusals(404),
)
async def get_platforms(access_id: BreakGlassId, _caller: PlatformOperator, app: App) -> AccessView:
    return AccessView.of(await service.get_any(app, access_id))


@router.delete(
    "/operations/break-glass-accesses/{access_id}",
    summary="End an access before its time is over; for operators alone",
    operation_id="end_break_glass_access",
    responses=refusals(404),
)
async def end_access(access_id: BreakGlassId, caller: PlatformOperator, app: App) -> AccessView:
    return AccessView.of(await service.end_access(app, caller, access_id))


@router.get(
    "/break-glass-accesses",
    summary="Which operators could read what is yours, why and until when, newest first",
    operation_id="list_break_glass_accesses",
    responses=refusals(422),
    response_model=_ACCESSES.page,
)
async def list_accesses(caller: AuditReader, tx: Tx, asked: Annotated[ListRequest, Depends(_ACCESSES)]) -> Response:
    rows = await break_glass.page(tx, caller.tenant_id, asked.part)
    return _ACCESSES.answer(rows, asked, AccessView.of)


@router.get(
    "/break-glass-accesses/{access_id}",
    summary="One access of an operator to what is yours",
    operation_id="get_break_glass_access",
    responses=refusals(404),
)
async def get_access(access_id: BreakGlassId, caller: AuditReader, tx: Tx) -> AccessView:
    return AccessView.of(await service.of_tenant(tx, caller.tenant_id, access_id))
