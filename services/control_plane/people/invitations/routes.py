"""`/invitations`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, MemberReader, MemberWriter, SomebodySignedIn, Tx
from control_plane.people.invitations import service
from control_plane.people.invitations.schemas import (
    Acceptance,
    Accepted,
    InvitationStatus,
    InvitationView,
    NewInvitation,
    NewInvitationView,
)
from control_plane.requests.keys.once import once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.path_ids import id_in_path
from control_plane.rooms import RoomRouter
from foundation.domain.ids import InvitationId
from foundation.http.openapi import refusals
from foundation.storage.people import invitations
from foundation.storage.people.invitations import Invitation

router = RoomRouter(prefix="/invitations", tags=["people"])

_INVITATIONS = ListOf[Invitation]("invitations", InvitationView, invitations.PAGES.orders)
_ONE = f"/{id_in_path('invitation_id')}"


@router.post(
    "",
    status_code=201,
    summary="Invite an address; the token for it is in this answer and nowhere else",
    operation_id="create_invitation",
    responses=refusals(409, 413, 415, 422),
)
@once(secret=True)
async def create(body: NewInvitation, response: Response, caller: MemberWriter, tx: Tx) -> NewInvitationView:
    invitation, token = await service.create(tx, caller, body)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/api/v1/invitations/{invitation.invitation_id}"
    return NewInvitationView.with_token(invitation, token)


@router.get(
    "",
    summary="The tenant's invitations, newest first",
    operation_id="list_invitations",
    responses=refusals(422),
    response_model=_INVITATIONS.page,
)
async def list_invitations(
    caller: MemberReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_INVITATIONS)],
    status: Annotated[InvitationStatus | None, Query()] = None,
    email: Annotated[str | None, Query(max_length=254)] = None,
) -> Response:
    rows = await invitations.page(tx, caller.tenant_id, asked.part, status=status, email=email)
    return _INVITATIONS.answer(rows, asked, InvitationView.of)


@router.post(
    "/accept",
    summary="Become a member, with the token and the verified address that was invited",
    operation_id="accept_invitation",
    responses=refusals(404, 409, 413, 415),
)
async def accept(body: Acceptance, person: SomebodySignedIn, app: App) -> Accepted:
    return await service.accept(app, person, body.token)


@router.get(_ONE, summary="An invitation, without its token", operation_id="get_invitation", responses=refusals(404))
async def get(invitation_id: InvitationId, caller: MemberReader, tx: Tx) -> InvitationView:
    return InvitationView.of(await service.get(tx, caller.tenant_id, invitation_id))


@router.delete(
    _ONE,
    status_code=204,
    summary="Revoke an invitation that nobody has accepted",
    operation_id="revoke_invitation",
    responses=refusals(404, 409),
)
async def revoke(invitation_id: InvitationId, caller: MemberWriter, tx: Tx) -> None:
    await service.revoke(tx, caller, invitation_id)
