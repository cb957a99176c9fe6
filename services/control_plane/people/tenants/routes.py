"""`/tenants`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import (
    App,
    IfMatch,
    PlatformOperator,
    TenantReader,
    TenantWriter,
    Tx,
)
from control_plane.people.invitations.schemas import NewInvitationView
from control_plane.people.tenants import service
from control_plane.people.tenants.schemas import NewTenant, NewTenantView, Suspension, TenantChange, TenantView
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import KeyedRequest, once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import TenantId
from foundation.http.openapi import refusals
from foundation.storage.people import tenants
from foundation.storage.people.tenants import TenantRecord
from foundation.storage.session.database import Transaction

router = RoomRouter(prefix="/tenants", tags=["people"])

_TENANTS = ListOf[TenantRecord]("tenants", TenantView, tenants.ORDERS)


def _with_tag(response: Response, tenant: TenantRecord) -> TenantView:
    response.headers["ETag"] = etag(tenant.version)
    return TenantView.of(tenant)


@router.post(
    "",
    status_code=201,
    summary="Make a tenant and invite its owner (operators)",
    operation_id="create_tenant",
    responses=refusals(409, 413, 415, 422),
)
@once(secret=True)
async def create(
    body: NewTenant, response: Response, caller: PlatformOperator, app: App, keyed: KeyedRequest
) -> NewTenantView:
    response.headers["Cache-Control"] = "no-store"

    async def keep(tx: Transaction, made: NewTenantView) -> None:
        response.headers["Location"] = f"/api/v1/tenants/{made.tenant.id}"
        response.headers["ETag"] = etag(made.tenant.version)
        await keyed.keep(tx, made, status=201, headers=response.headers)

    return await service.create(app, caller, body, claim=keyed.claim, keep=keep)


@router.get(
    "",
    summary="All tenants, newest first (operators)",
    operation_id="list_tenants",
    responses=refusals(422),
    response_model=_TENANTS.page,
)
async def list_tenants(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    asked: Annotated[ListRequest, Depends(_TENANTS)],
    name: Annotated[str | None, Query(max_length=120, description="only those of this name")] = None,
    suspended: Annotated[bool | None, Query()] = None,
) -> Response:
    async with app.database.across_tenants(reason="an operator lists the tenants") as tx:
        rows = await tenants.page(tx, asked.part, name=name, suspended=suspended)
    return _TENANTS.answer(rows, asked, TenantView.of)


@router.get(
    "/{tenant_id}", summary="Your tenant, or any for operators", operation_id="get_tenant", responses=refusals(404)
)
async def get(tenant_id: TenantId, response: Response, caller: TenantReader, app: App) -> TenantView:
    return _with_tag(response, await service.get(app, caller, tenant_id))


@router.patch(
    "/{tenant_id}",
    summary="Change your tenant's name, time zone or contact",
    operation_id="change_tenant",
    responses=refusals(404, 412, 413, 415),
)
async def change(
    tenant_id: TenantId, body: TenantChange, response: Response, caller: TenantWriter, tx: Tx, if_match: IfMatch
) -> TenantView:
    return _with_tag(response, await service.change(tx, caller, tenant_id, body, expected=expected_version(if_match)))


@router.post(
    "/{tenant_id}/suspend",
    summary="Suspend a tenant: none of its tokens and keys opens anything (operators)",
    operation_id="suspend_tenant",
    responses=refusals(404, 413, 415),
)
async def suspend(
    tenant_id: TenantId, body: Suspension, response: Response, caller: PlatformOperator, app: App
) -> TenantView:
    return _with_tag(response, await service.suspend(app, caller, tenant_id, reason=body.reason))


@router.post(
    "/{tenant_id}/owner-invitation",
    summary="Invite a tenant's owner anew while none can sign in; the invitation before is void (operators)",
    operation_id="invite_owner_again",
    responses=refusals(404, 409),
)
async def invite_again(
    tenant_id: TenantId, response: Response, caller: PlatformOperator, app: App
) -> NewInvitationView:
    response.headers["Cache-Control"] = "no-store"
    return await service.invite_again(app, caller, tenant_id)


@router.post(
    "/{tenant_id}/restore",
    summary="Let a suspended tenant in again (operators)",
    operation_id="restore_tenant",
    responses=refusals(404, 409),
)
async def restore(tenant_id: TenantId, response: Response, caller: PlatformOperator, app: App) -> TenantView:
    return _with_tag(response, await service.restore(app, caller, tenant_id))
