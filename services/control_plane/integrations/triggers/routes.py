"""`/triggers`, and `/trigger-calls`, where nobody signs in: a call is known by its signature."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from control_plane.dependencies import App, IfMatch, TriggerReader, TriggerWriter, Tx
from control_plane.integrations.triggers import service
from control_plane.integrations.triggers.calling import TriggerDoor
from control_plane.integrations.triggers.schemas import (
    CalledView,
    NewTrigger,
    NewTriggerView,
    TriggerCallView,
    TriggerChange,
    TriggerView,
)
from control_plane.integrations.triggers.secrets import CALLS_PATH, shown_secret
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.rates.edge import COUNTED
from control_plane.requests.rotations import Rotation
from control_plane.rooms import RoomRouter
from foundation.domain.ids import TaskId, TenantId, TriggerId
from foundation.domain.permissions import SIGNED
from foundation.domain.starts.triggers import CallStatus
from foundation.http.openapi import refusals
from foundation.storage.audit.calls import current_call
from foundation.storage.triggers import calls, triggers
from foundation.storage.triggers.calls import TriggerCall
from foundation.storage.triggers.triggers import Trigger

router = RoomRouter(tags=["triggers"])

_LARGE = tuple(triggers.PAGES.large)
_TRIGGERS = ListOf[Trigger]("triggers", TriggerView, triggers.PAGES.orders, on_request=_LARGE, large=_LARGE)
_CALLS = ListOf[TriggerCall]("trigger-calls", TriggerCallView, calls.PAGES.orders)


@router.post(
    "/triggers",
    status_code=201,
    summary="Have runs of a task started by signed calls; the secret in the answer is shown this once",
    operation_id="create_trigger",
    responses=refusals(404, 409, 413, 415, 422),
)
@once(secret=True)
async def create(body: NewTrigger, response: Response, caller: TriggerWriter, app: App, tx: Tx) -> NewTriggerView:
    trigger = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/triggers/{trigger.trigger_id}"
    return _with_secret(response, caller.tenant_id, trigger, app)


def _with_secret(response: Response, tenant_id: TenantId, trigger: Trigger, app: App) -> NewTriggerView:
    response.headers["ETag"] = etag(trigger.version)
    secret = shown_secret(app.webhook_secrets, tenant_id, trigger.trigger_id, trigger.secret_version)
    return NewTriggerView.with_secret(tenant_id, trigger, secret)


@router.get(
    "/triggers",
    summary="The tenant's triggers, newest first; their inputs and forms where `fields` names them",
    operation_id="list_triggers",
    responses=refusals(422),
    response_model=_TRIGGERS.page,
)
async def list_triggers(
    caller: TriggerReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_TRIGGERS)],
    task_id: Annotated[TaskId | None, Query()] = None,
) -> Response:
    rows = await triggers.page(tx, caller.tenant_id, asked.part, task_id=task_id)
    return _TRIGGERS.answer(rows, asked, lambda one: TriggerView.of(caller.tenant_id, one))


@router.get(
    "/triggers/{trigger_id}",
    summary="One trigger, without its secret",
    operation_id="get_trigger",
    responses=refusals(404),
)
async def get(trigger_id: TriggerId, response: Response, caller: TriggerReader, tx: Tx) -> TriggerView:
    trigger = await service.get(tx, caller, trigger_id)
    response.headers["ETag"] = etag(trigger.version)
    return TriggerView.of(caller.tenant_id, trigger)


@router.patch(
    "/triggers/{trigger_id}",
    summary="Change a trigger, pause it, or wake it; its runs start as you from then on",
    operation_id="change_trigger",
    responses=refusals(404, 409, 412, 413, 415),
)
async def change(
    trigger_id: TriggerId,
    body: TriggerChange,
    response: Response,
    caller: TriggerWriter,
    tx: Tx,
    if_match: IfMatch,
) -> TriggerView:
    trigger = await service.change(tx, caller, trigger_id, body, expected=expected_version(if_match))
    response.headers["ETag"] = etag(trigger.version)
    return TriggerView.of(caller.tenant_id, trigger)


@router.delete(
    "/triggers/{trigger_id}",
    status_code=204,
    summary="Delete a trigger and the list of its calls; the runs that it has started go on",
    operation_id="delete_trigger",
    responses=refusals(404, 412),
)
async def delete(trigger_id: TriggerId, caller: TriggerWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.delete(tx, caller, trigger_id, expected=expected_version(if_match))


@router.post(
    "/triggers/{trigger_id}/rotate-secret",
    summary="Give a trigger its next secret, which is shown this once",
    operation_id="rotate_trigger_secret",
    responses=refusals(404, 409, 412, 413, 415),
)
async def rotate(
    trigger_id: TriggerId,
    body: Rotation,
    response: Response,
    caller: TriggerWriter,
    app: App,
    tx: Tx,
    if_match: IfMatch,
) -> NewTriggerView:
    trigger = await service.rotate(tx, caller, trigger_id, body, expected=expected_version(if_match))
    return _with_secret(response, caller.tenant_id, trigger, app)


@router.get(
    "/triggers/{trigger_id}/calls",
    summary="The calls of a trigger that were signed well, newest first",
    operation_id="list_trigger_calls",
    responses=refusals(404, 422),
    response_model=_CALLS.page,
)
async def list_calls(
    trigger_id: TriggerId,
    caller: TriggerReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_CALLS)],
    status: CallStatus | None = None,
) -> Response:
    await service.get(tx, caller, trigger_id)
    rows = await calls.page(tx, caller.tenant_id, trigger_id, asked.part, status=status)
    return _CALLS.answer(rows, asked, TriggerCallView.of)


class BySignature:
    """What a call needs here is the signature, which is checked where the body is read."""

    permission: str = SIGNED

    async def __call__(self) -> None:
        return None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "what the run's input has under the trigger's `payload_as`; the very bytes are signed",
        "content": {"application/json": {"schema": {}, "example": {"ticket": 12}}},
    },
    "parameters": [
        {"in": "header", "name": name, "required": True, "schema": {"type": "string", "pattern": pattern}}
        for name, pattern in (
            ("webhook-id", "^[A-Za-z0-9_-]{1,128}$"),
            ("webhook-timestamp", "^[0-9]{1,12}$"),
            ("webhook-signature", "^v1,"),
        )
    ],
    "security": [],
}


@router.post(
    f"{CALLS_PATH}/{{tenant_id}}/{{trigger_id}}",
    status_code=201,
    summary="Call a trigger, signed with its secret; one run for each webhook-id",
    operation_id="call_trigger",
    responses={200: {"model": CalledView, "description": "repeated"}, **refusals(409, 413, 415, 422, 423, 429)},
    openapi_extra=_BODY,
    dependencies=[Depends(BySignature())],
)
async def call(
    tenant_id: TenantId, trigger_id: TriggerId, request: Request, response: Response, app: App
) -> CalledView:
    under_way = current_call()
    door = TriggerDoor(app.database, app.webhook_secrets, app.settings.max_open_runs, app.failed_attempts)
    called, is_new = await door.call(
        tenant_id,
        trigger_id,
        address=(under_way.ip if under_way else None) or "unknown",
        headers=request.headers,
        body=await request.body(),
    )
    # Its signature has shown whose call it is, and of the trigger so many a minute are taken.
    app.rates.excuse(request.scope[COUNTED])
    response.status_code = 201 if is_new else 200
    if called.run_id is None:
        raise AssertionError("a call that has started nothing is an error")
    return CalledView(run_id=called.run_id, message_id=called.message_id)
