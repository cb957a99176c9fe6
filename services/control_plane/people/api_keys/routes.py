"""`/api-keys`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, IfMatch, KeyReader, KeyWriter, Tx
from control_plane.people.api_keys import service
from control_plane.people.api_keys.schemas import KeyChange, KeyView, LeakView, NewKey, NewKeyView
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.rotations import Rotation
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ApiKeyId, UserId
from foundation.http.openapi import refusals
from foundation.storage.people import key_records
from foundation.storage.people.key_records import KeyRecord

_AT_ONCE = Rotation()
"""A rotation without an overlap, which needs no body."""

router = RoomRouter(prefix="/api-keys", tags=["people"])

_KEYS = ListOf[KeyRecord]("api-keys", KeyView, key_records.PAGES.orders)


def _unkept(response: Response) -> None:
    """No cache keeps an answer that has a key in it."""
    response.headers["Cache-Control"] = "no-store"


@router.post(
    "",
    status_code=201,
    summary="Make a key; its text is in this answer and nowhere else",
    operation_id="create_api_key",
    responses=refusals(404, 409, 413, 415, 422),
)
@once(secret=True)
async def create(body: NewKey, response: Response, caller: KeyWriter, app: App, tx: Tx) -> NewKeyView:
    key, text = await service.create(tx, caller, body, app)
    _unkept(response)
    response.headers["Location"] = f"/api/v1/api-keys/{key.api_key_id}"
    response.headers["ETag"] = etag(key.version)
    return NewKeyView.with_text(key, text)


@router.get(
    "",
    summary="Your keys, newest first; with `service_accounts:write` all",
    operation_id="list_api_keys",
    responses=refusals(422),
    response_model=_KEYS.page,
)
async def list_keys(
    caller: KeyReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_KEYS)],
    user_id: Annotated[UserId | None, Query(description="only the keys of this member or service account")] = None,
    usable: Annotated[bool | None, Query(description="false: only keys that are revoked or have expired")] = None,
) -> Response:
    rows = await service.page(tx, caller, asked.part, user_id=user_id, usable=usable)
    return _KEYS.answer(rows, asked, KeyView.of)


@router.get("/{api_key_id}", summary="A key, without its text", operation_id="get_api_key", responses=refusals(404))
async def get(api_key_id: ApiKeyId, response: Response, caller: KeyReader, tx: Tx) -> KeyView:
    key = await service.get(tx, caller, api_key_id)
    response.headers["ETag"] = etag(key.version)
    return KeyView.of(key)


@router.post(
    "/{api_key_id}/rotate",
    summary="Give a key a new text; the one that it had lives on for the overlap",
    operation_id="rotate_api_key",
    responses=refusals(404, 409, 412, 413, 415),
)
async def rotate(
    api_key_id: ApiKeyId,
    response: Response,
    caller: KeyWriter,
    app: App,
    if_match: IfMatch,
    body: Rotation = _AT_ONCE,
) -> NewKeyView:
    key, text = await service.rotate(app, caller, api_key_id, body, expected=expected_version(if_match))
    _unkept(response)
    response.headers["ETag"] = etag(key.version)
    return NewKeyView.with_text(key, text)


@router.patch(
    "/{api_key_id}",
    summary="Change the name of a key",
    operation_id="change_api_key",
    responses=refusals(404, 412, 413, 415),
)
async def change(
    api_key_id: ApiKeyId, body: KeyChange, response: Response, caller: KeyWriter, tx: Tx, if_match: IfMatch
) -> KeyView:
    key = await service.change(tx, caller, api_key_id, body, expected=expected_version(if_match))
    response.headers["ETag"] = etag(key.version)
    return KeyView.of(key)


@router.delete(
    "/{api_key_id}",
    status_code=204,
    summary="Revoke a key: it opens nothing any more, and stays in the list",
    operation_id="revoke_api_key",
    responses={
        200: {"model": LeakView, "description": "With `known_too`: what has become of all that was made with the key"},
        **refusals(404, 412),
    },
)
async def revoke(
    api_key_id: ApiKeyId,
    caller: KeyWriter,
    app: App,
    if_match: IfMatch,
    known_too: Annotated[
        bool | None,
        Query(
            description="as when it has leaked: with it go the keys that were made or rotated with it, and what was "
            "made with any of these and acts by itself; the answer says what that was"
        ),
    ] = None,
) -> Response:
    expected = expected_version(if_match)
    ended = await service.revoke(app, caller, api_key_id, expected=expected, known_too=bool(known_too))
    if not known_too:
        return Response(status_code=204)
    return Response(LeakView.of(ended).model_dump_json(), media_type="application/json")
