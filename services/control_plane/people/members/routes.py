"""`/members`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, IfMatch, MemberReader, MemberWriter, Tx
from control_plane.people.members import service
from control_plane.people.members.schemas import MemberChange, MemberView
from control_plane.people.roles.references import RoleReference
from control_plane.requests.answers.in_use import WhileUsed
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import UserId
from foundation.http.openapi import refusals
from foundation.storage.people import members
from foundation.storage.people.members import Membership

router = RoomRouter(prefix="/members", tags=["people"])

_MEMBERS = ListOf[Membership]("members", MemberView, members.PAGES.orders)


def _with_tag(response: Response, member: Membership) -> MemberView:
    response.headers["ETag"] = etag(member.version)
    return MemberView.of(member)


@router.get(
    "",
    summary="The tenant's people and service accounts, newest first",
    operation_id="list_members",
    responses=refusals(422),
    response_model=_MEMBERS.page,
)
async def list_members(
    caller: MemberReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_MEMBERS)],
    role: Annotated[RoleReference | None, Query()] = None,
    email: Annotated[str | None, Query(max_length=254)] = None,
) -> Response:
    rows = await members.page(tx, caller.tenant_id, asked.part, role=role, email=email)
    return _MEMBERS.answer(rows, asked, MemberView.of)


@router.get("/{user_id}", summary="One member", operation_id="get_member", responses=refusals(404))
async def get(user_id: UserId, response: Response, caller: MemberReader, tx: Tx) -> MemberView:
    return _with_tag(response, await service.get(tx, caller.tenant_id, user_id))


@router.patch(
    "/{user_id}",
    summary="Give a member another role, whose permissions you hold",
    operation_id="change_member",
    responses=refusals(404, 409, 412, 413, 415),
)
async def change(
    user_id: UserId, body: MemberChange, response: Response, caller: MemberWriter, app: App, if_match: IfMatch
) -> MemberView:
    member = await service.change_role(app, caller, user_id, body.role, expected=expected_version(if_match))
    return _with_tag(response, member)


@router.delete(
    "/{user_id}",
    status_code=204,
    summary="Remove a member; their keys die with the membership",
    operation_id="remove_member",
    responses=refusals(404, 409, 412),
)
async def remove(
    user_id: UserId, caller: MemberWriter, app: App, if_match: IfMatch, *, while_used: WhileUsed = False
) -> None:
    await service.remove(app, caller, user_id, expected=expected_version(if_match), while_used=while_used)
