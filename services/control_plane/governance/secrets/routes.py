"""`/secrets`."""

from typing import Annotated

from fastapi import Depends, Path, Response

from control_plane.dependencies import App, IfMatch, PutConditions, SecretReader, SecretWriter, Tx
from control_plane.governance.secrets import service
from control_plane.governance.secrets.schemas import NewSecret, SecretView
from control_plane.requests.answers.in_use import WhileUsed
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.contracts.egress.secrets import SecretName
from foundation.http.openapi import refusals
from foundation.storage import secrets
from foundation.storage.secrets import Secret

router = RoomRouter(prefix="/secrets", tags=["secrets"])

Name = Annotated[SecretName, Path(description="by which tasks name the secret")]


_SECRETS = ListOf[Secret]("secrets", SecretView, secrets.PAGES.orders)


@router.get(
    "",
    summary="The tenant's secrets by name; no value is ever shown",
    operation_id="list_secrets",
    response_model=_SECRETS.page,
    responses=refusals(422),
)
async def list_secrets(caller: SecretReader, tx: Tx, asked: Annotated[ListRequest, Depends(_SECRETS)]) -> Response:
    return _SECRETS.answer(await secrets.page(tx, caller.tenant_id, asked.part), asked, SecretView.of)


@router.get(
    "/{secret_name}", summary="One secret, without its value", operation_id="get_secret", responses=refusals(404)
)
async def get(secret_name: Name, response: Response, caller: SecretReader, tx: Tx) -> SecretView:
    secret = await service.get(tx, caller, secret_name)
    response.headers["ETag"] = etag(secret.version)
    return SecretView.of(secret)


@router.put(
    "/{secret_name}",
    summary="Store a value under a name, and say which hosts it may be sent to; calls that begin later use it",
    responses={201: {"model": SecretView, "description": "created"}, **refusals(409, 412, 413, 415)},
    operation_id="put_secret",
)
async def put(
    secret_name: Name,
    body: NewSecret,
    response: Response,
    caller: SecretWriter,
    app: App,
    tx: Tx,
    conditions: PutConditions,
) -> SecretView:
    secret, created = await service.put(
        tx, caller, app.sealer, secret_name, body, expected=expected_version(conditions)
    )
    response.status_code = 201 if created else 200
    response.headers["ETag"] = etag(secret.version)
    return SecretView.of(secret)


@router.delete(
    "/{secret_name}",
    status_code=204,
    summary="Delete a secret; calls of tools that need it fail from then on",
    operation_id="delete_secret",
    responses=refusals(404, 409, 412),
)
async def delete(
    secret_name: Name, caller: SecretWriter, tx: Tx, if_match: IfMatch, *, while_used: WhileUsed = False
) -> None:
    await service.delete(tx, caller, secret_name, expected=expected_version(if_match), while_used=while_used)
