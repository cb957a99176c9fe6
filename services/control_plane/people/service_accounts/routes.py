"""`/service-accounts`."""

from uuid import UUID

from fastapi import APIRouter, Response

from control_plane.dependencies import App, IfMatch, MemberReader, Paging, ServiceAccountWriter, Tx
from control_plane.people.service_accounts import service
from control_plane.people.service_accounts.schemas import NewServiceAccount, ServiceAccountView
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.paging import Listing, Page, moment
from foundation.domain.ids import UserId
from foundation.http.openapi import refusals
from foundation.storage.people import service_accounts
from foundation.storage.people.service_accounts import ServiceAccount

router = APIRouter(prefix="/service-accounts", tags=["people"])

_ACCOUNTS = Listing[ServiceAccount](
    "service-accounts", lambda account: (account.created_at, account.user_id), kinds=(moment, UUID)
)


def _with_tag(response: Response, account: ServiceAccount) -> ServiceAccountView:
    response.headers["ETag"] = etag(account.version)
    return ServiceAccountView.of(account)


@router.post(
    "",
    status_code=201,
    summary="Make a service account with a role whose permissions you hold",
    operation_id="create_service_account",
    responses=refusals(409, 413, 415),
)
async def create(
    body: NewServiceAccount, response: Response, caller: ServiceAccountWriter, tx: Tx
) -> ServiceAccountView:
    account = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/service-accounts/{account.user_id}"
    return _with_tag(response, account)


@router.get("", summary="The tenant's service accounts, newest first", operation_id="list_service_accounts")
async def list_accounts(caller: MemberReader, tx: Tx, paging: Paging) -> Page[ServiceAccountView]:
    rows = await service_accounts.page(tx, caller.tenant_id, limit=paging.rows, after=_ACCOUNTS.after(paging))
    page, next_cursor = _ACCOUNTS.cut(rows, paging)
    return Page(items=[ServiceAccountView.of(account) for account in page], next_cursor=next_cursor)


@router.get(
    "/{service_account_id}",
    summary="One service account",
    operation_id="get_service_account",
    responses=refusals(404),
)
async def get(service_account_id: UserId, response: Response, caller: MemberReader, tx: Tx) -> ServiceAccountView:
    return _with_tag(response, await service.get(tx, caller, service_account_id))


@router.delete(
    "/{service_account_id}",
    status_code=204,
    summary="Remove a service account; its keys die with it",
    operation_id="delete_service_account",
    responses=refusals(404, 412),
)
async def delete(service_account_id: UserId, caller: ServiceAccountWriter, app: App, if_match: IfMatch = None) -> None:
    await service.delete(app, caller, service_account_id, expected=expected_version(if_match))
