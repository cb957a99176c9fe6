"""`/service-accounts`."""

from typing import Annotated

from fastapi import Depends, Response

from control_plane.dependencies import App, IfMatch, MemberReader, ServiceAccountWriter, Tx
from control_plane.people.service_accounts import service
from control_plane.people.service_accounts.schemas import NewServiceAccount, ServiceAccountChange, ServiceAccountView
from control_plane.requests.answers.in_use import WhileUsed
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import UserId
from foundation.http.openapi import refusals
from foundation.storage.people import service_accounts
from foundation.storage.people.service_accounts import ServiceAccount

router = RoomRouter(prefix="/service-accounts", tags=["people"])

_ACCOUNTS = ListOf[ServiceAccount]("service-accounts", ServiceAccountView, service_accounts.PAGES.orders)


def _with_tag(response: Response, account: ServiceAccount) -> ServiceAccountView:
    response.headers["ETag"] = etag(account.version)
    return ServiceAccountView.of(account)


@router.post(
    "",
    status_code=201,
    summary="Make a service account with a role whose permissions you hold",
    operation_id="create_service_account",
    responses={**repeated(ServiceAccountView), **refusals(409, 413, 415, 422)},
)
@once()
async def create(
    body: NewServiceAccount, response: Response, caller: ServiceAccountWriter, tx: Tx
) -> ServiceAccountView:
    account = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/service-accounts/{account.user_id}"
    return _with_tag(response, account)


@router.get(
    "",
    summary="The tenant's service accounts, newest first",
    operation_id="list_service_accounts",
    responses=refusals(422),
    response_model=_ACCOUNTS.page,
)
async def list_accounts(caller: MemberReader, tx: Tx, asked: Annotated[ListRequest, Depends(_ACCOUNTS)]) -> Response:
    rows = await service_accounts.page(tx, caller.tenant_id, asked.part)
    return _ACCOUNTS.answer(rows, asked, ServiceAccountView.of)


@router.get(
    "/{service_account_id}",
    summary="One service account",
    operation_id="get_service_account",
    responses=refusals(404),
)
async def get(service_account_id: UserId, response: Response, caller: MemberReader, tx: Tx) -> ServiceAccountView:
    return _with_tag(response, await service.get(tx, caller, service_account_id))


@router.patch(
    "/{service_account_id}",
    summary="Change the name or the description of a service account",
    operation_id="change_service_account",
    responses=refusals(404, 409, 412, 413, 415),
)
async def change(
    service_account_id: UserId,
    body: ServiceAccountChange,
    response: Response,
    caller: ServiceAccountWriter,
    tx: Tx,
    if_match: IfMatch,
) -> ServiceAccountView:
    expected = expected_version(if_match)
    return _with_tag(response, await service.change(tx, caller, service_account_id, body, expected=expected))


@router.delete(
    "/{service_account_id}",
    status_code=204,
    summary="Remove a service account; its keys die with it",
    operation_id="delete_service_account",
    responses=refusals(404, 409, 412),
)
async def delete(
    service_account_id: UserId,
    caller: ServiceAccountWriter,
    app: App,
    if_match: IfMatch,
    *,
    while_used: WhileUsed = False,
) -> None:
    expected = expected_version(if_match)
    await service.delete(app, caller, service_account_id, expected=expected, while_used=while_used)
