"""`/roles` and `/permissions`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, IfMatch, MemberReader, PutConditions, RoleWriter, Tx
from control_plane.people.roles import service
from control_plane.people.roles.schemas import NewRole, PermissionList, PermissionView, RoleView
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import RoleId
from foundation.domain.permissions import Permission
from foundation.http.openapi import refusals
from foundation.storage.people import roles
from foundation.storage.people.roles import OwnRole

router = RoomRouter(tags=["people"])

_ROLES = ListOf[OwnRole]("roles", RoleView, roles.PAGES.orders)


def _with_tag(response: Response, role: OwnRole) -> RoleView:
    response.headers["ETag"] = etag(role.version)
    return RoleView.of(role)


@router.get(
    "/permissions", summary="All permissions, and the built-in roles that have them", operation_id="list_permissions"
)
async def list_permissions(caller: MemberReader) -> PermissionList:  # noqa: ARG001 - it is the permission
    return PermissionList(items=[PermissionView.of(permission) for permission in Permission])


@router.post(
    "/roles",
    status_code=201,
    summary="Make a role of permissions that you hold",
    operation_id="create_role",
    responses={**repeated(RoleView), **refusals(409, 413, 415, 422)},
)
@once()
async def create(body: NewRole, response: Response, caller: RoleWriter, tx: Tx) -> RoleView:
    role = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/roles/{role.role_id}"
    return _with_tag(response, role)


@router.get(
    "/roles",
    summary="The roles that the tenant has made, by name",
    operation_id="list_roles",
    responses=refusals(422),
    response_model=_ROLES.page,
)
async def list_roles(
    caller: MemberReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_ROLES)],
    permission: Annotated[Permission | None, Query(description="only roles that have it")] = None,
) -> Response:
    rows = await roles.page(tx, caller.tenant_id, asked.part, holding=permission)
    return _ROLES.answer(rows, asked, RoleView.of)


@router.get("/roles/{role_id}", summary="One of the tenant's roles", operation_id="get_role", responses=refusals(404))
async def get(role_id: RoleId, response: Response, caller: MemberReader, tx: Tx) -> RoleView:
    return _with_tag(response, await service.get(tx, caller, role_id))


@router.put(
    "/roles/{role_id}",
    summary="Replace a role; whoever has it may do what it says from then on",
    operation_id="put_role",
    responses=refusals(404, 409, 412, 413, 415),
)
async def replace(
    role_id: RoleId, body: NewRole, response: Response, caller: RoleWriter, app: App, conditions: PutConditions
) -> RoleView:
    role = await service.replace(app, caller, role_id, body, expected=expected_version(conditions))
    return _with_tag(response, role)


@router.delete(
    "/roles/{role_id}",
    status_code=204,
    summary="Delete a role that nobody has",
    operation_id="delete_role",
    responses=refusals(404, 409, 412),
)
async def delete(role_id: RoleId, caller: RoleWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.delete(tx, caller, role_id, expected=expected_version(if_match))
