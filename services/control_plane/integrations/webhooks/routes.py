"""`/webhooks`."""

from typing import Annotated

from fastapi import Depends, Response

from control_plane.dependencies import App, IfMatch, Tx, WebhookReader, WebhookWriter
from control_plane.integrations.webhooks import service
from control_plane.integrations.webhooks.schemas import (
    DeliveryView,
    NewWebhook,
    NewWebhookView,
    WebhookChange,
    WebhookView,
    WholeDeliveryView,
)
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.rotations import Rotation
from control_plane.rooms import RoomRouter
from foundation.domain.ids import DeliveryId, WebhookId
from foundation.domain.states import DeliveryStatus
from foundation.http.openapi import refusals
from foundation.storage.webhooks import deliveries, subscriptions
from foundation.storage.webhooks.deliveries import Delivery
from foundation.storage.webhooks.subscriptions import Webhook

_AT_ONCE = Rotation()
"""A rotation without an overlap, which needs no body."""

router = RoomRouter(prefix="/webhooks", tags=["webhooks"])

_WEBHOOKS = ListOf[Webhook]("webhooks", WebhookView, subscriptions.PAGES.orders)
_DELIVERIES = ListOf[Delivery]("deliveries", DeliveryView, deliveries.PAGES.orders)


@router.post(
    "",
    status_code=201,
    summary="Be told of events at a URL; the secret in the answer is shown this once",
    operation_id="create_webhook",
    responses=refusals(409, 413, 415, 422),
)
@once(secret=True)
async def create(body: NewWebhook, response: Response, caller: WebhookWriter, app: App, tx: Tx) -> NewWebhookView:
    webhook, secret = await service.create(tx, caller, body, app)
    response.headers["Location"] = f"/api/v1/webhooks/{webhook.webhook_id}"
    response.headers["ETag"] = etag(webhook.version)
    return NewWebhookView.with_secret(webhook, secret)


@router.get(
    "",
    summary="The tenant's webhooks, newest first",
    operation_id="list_webhooks",
    responses=refusals(422),
    response_model=_WEBHOOKS.page,
)
async def list_webhooks(caller: WebhookReader, tx: Tx, asked: Annotated[ListRequest, Depends(_WEBHOOKS)]) -> Response:
    rows = await subscriptions.page(tx, caller.tenant_id, asked.part)
    return _WEBHOOKS.answer(rows, asked, WebhookView.of)


@router.get(
    "/{webhook_id}",
    summary="One webhook, without its secret",
    operation_id="get_webhook",
    responses=refusals(404),
)
async def get(webhook_id: WebhookId, response: Response, caller: WebhookReader, tx: Tx) -> WebhookView:
    webhook = await service.get(tx, caller, webhook_id)
    response.headers["ETag"] = etag(webhook.version)
    return WebhookView.of(webhook)


@router.patch(
    "/{webhook_id}",
    summary="Change a webhook, pause it, or wake it",
    operation_id="change_webhook",
    responses=refusals(404, 412, 413, 415),
)
async def change(
    webhook_id: WebhookId,
    body: WebhookChange,
    response: Response,
    caller: WebhookWriter,
    app: App,
    tx: Tx,
    if_match: IfMatch,
) -> WebhookView:
    webhook = await service.change(tx, caller, webhook_id, body, app, expected=expected_version(if_match))
    response.headers["ETag"] = etag(webhook.version)
    return WebhookView.of(webhook)


@router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="Delete a webhook, with what is on its way to it",
    operation_id="delete_webhook",
    responses=refusals(404, 412),
)
async def delete(webhook_id: WebhookId, caller: WebhookWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.delete(tx, caller, webhook_id, expected=expected_version(if_match))


@router.post(
    "/{webhook_id}/rotate-secret",
    summary="Give a webhook its next secret, which is shown this once",
    operation_id="rotate_webhook_secret",
    responses=refusals(404, 409, 412, 413, 415),
)
async def rotate(
    webhook_id: WebhookId,
    response: Response,
    caller: WebhookWriter,
    app: App,
    tx: Tx,
    if_match: IfMatch,
    body: Rotation = _AT_ONCE,
) -> NewWebhookView:
    webhook, secret = await service.rotate(tx, caller, webhook_id, body, app, expected=expected_version(if_match))
    response.headers["ETag"] = etag(webhook.version)
    return NewWebhookView.with_secret(webhook, secret)


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    summary="Send a message of the type `webhook.test`",
    operation_id="test_webhook",
    responses=refusals(404, 409, 422),
)
@once()
async def send_test(webhook_id: WebhookId, caller: WebhookWriter, tx: Tx) -> DeliveryView:
    return DeliveryView.of(await service.send_test(tx, caller, webhook_id))


@router.get(
    "/{webhook_id}/deliveries",
    summary="What was sent to a webhook, or is on its way, newest first",
    operation_id="list_deliveries",
    responses=refusals(404, 422),
    response_model=_DELIVERIES.page,
)
async def list_deliveries(
    webhook_id: WebhookId,
    caller: WebhookReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_DELIVERIES)],
    status: DeliveryStatus | None = None,
) -> Response:
    await service.get(tx, caller, webhook_id)
    rows = await deliveries.page(tx, caller.tenant_id, webhook_id, asked.part, status=status)
    return _DELIVERIES.answer(rows, asked, DeliveryView.of)


@router.get(
    "/{webhook_id}/deliveries/{delivery_id}",
    summary="One delivery, with what is sent",
    operation_id="get_delivery",
    responses=refusals(404),
)
async def get_delivery(
    webhook_id: WebhookId, delivery_id: DeliveryId, caller: WebhookReader, tx: Tx
) -> WholeDeliveryView:
    return WholeDeliveryView.with_payload(await service.read_delivery(tx, caller, webhook_id, delivery_id))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    summary="Send a delivery again that has ended, under the same message id",
    operation_id="replay_delivery",
    responses=refusals(404, 409, 422),
)
@once()
async def replay(webhook_id: WebhookId, delivery_id: DeliveryId, caller: WebhookWriter, tx: Tx) -> DeliveryView:
    return DeliveryView.of(await service.replay(tx, caller, webhook_id, delivery_id))
