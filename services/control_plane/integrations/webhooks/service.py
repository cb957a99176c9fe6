"""What can be done with webhooks."""

from datetime import UTC, datetime

from control_plane.identity.callers import ApiCaller
from control_plane.integrations.webhooks.addresses import checked_url
from control_plane.integrations.webhooks.schemas import NewWebhook, WebhookChange
from control_plane.requests.etags import require_version
from control_plane.requests.rotations import Rotation, require_no_overlap
from control_plane.resources import AppResources
from control_plane.webhook_sending.payloads import TEST_TYPE, of_test
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import DeliveryId, WebhookId, new_uuid
from foundation.domain.permissions import Permission
from foundation.domain.states import WebhookStatus
from foundation.storage.execution import event_streams
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected
from foundation.storage.webhooks import deliveries, subscriptions
from foundation.storage.webhooks.deliveries import Delivery, NewDelivery
from foundation.storage.webhooks.subscriptions import Webhook

MAX_WEBHOOKS = 20
"""Of one tenant."""

_READS = Permission.RUNS_READ
"""What events need where they are read: who has them sent somewhere reads them there."""


async def create(tx: Transaction, caller: ApiCaller, wanted: NewWebhook, app: AppResources) -> tuple[Webhook, str]:
    """The webhook, and its secret, which is shown this once."""
    caller.require(_READS)
    url = await checked_url(tx, caller, wanted.url, app.settings.opened_to_webhooks())
    if await subscriptions.count(tx, caller.tenant_id) >= MAX_WEBHOOKS:
        raise Conflict(f"the tenant has {MAX_WEBHOOKS} webhooks", remedy="delete one")
    webhook = await subscriptions.insert(
        tx,
        caller.tenant_id,
        WebhookId(new_uuid()),
        name=wanted.name,
        url=url,
        events=wanted.events,
        after=event_streams.before(await event_streams.horizon(tx)),
        by=caller.user_id,
        by_key=caller.api_key_id,
    )
    await _record(tx, caller, "webhook.create", webhook)
    return webhook, app.webhook_secrets.secret(caller.tenant_id, webhook.webhook_id, webhook.secret_version)


async def get(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, *, lock: bool = False) -> Webhook:
    webhook = await subscriptions.get(tx, caller.tenant_id, webhook_id, lock=lock)
    if webhook is None:
        raise NotFound("there is no such webhook", remedy="GET /api/v1/webhooks lists those of your tenant")
    return webhook


async def change(
    tx: Transaction,
    caller: ApiCaller,
    webhook_id: WebhookId,
    wanted: WebhookChange,
    app: AppResources,
    *,
    expected: Expected,
) -> Webhook:
    changes = wanted.model_dump(exclude_unset=True)
    if {"url", "events"} & changes.keys() or changes.get("paused") is False:
        caller.require(_READS)
    before = await _locked(tx, caller, webhook_id, expected)
    if wanted.url is not None:
        await checked_url(tx, caller, wanted.url, app.settings.opened_to_webhooks())
    paused = changes.pop("paused", None)
    if paused is not None:
        changes["status"] = WebhookStatus.PAUSED if paused else WebhookStatus.ACTIVE
    if not changes:
        return before
    after = await subscriptions.change(tx, caller.tenant_id, webhook_id, changes, by_key=caller.api_key_id)
    if after.status is WebhookStatus.ACTIVE and paused is not None:
        await deliveries.wake(tx, caller.tenant_id, webhook_id)
    await _record(tx, caller, "webhook.change", after, before=before)
    return after


async def rotate(
    tx: Transaction,
    caller: ApiCaller,
    webhook_id: WebhookId,
    wanted: Rotation,
    app: AppResources,
    *,
    expected: Expected,
) -> tuple[Webhook, str]:
    """The webhook with its next secret, which is shown this once."""
    before = await _locked(tx, caller, webhook_id, expected)
    require_no_overlap(before.previous_secret_until, wanted)
    webhook = await subscriptions.rotate(
        tx, caller.tenant_id, webhook_id, overlap_seconds=wanted.overlap_seconds, by_key=caller.api_key_id
    )
    await _record(tx, caller, "webhook.rotate_secret", webhook)
    return webhook, app.webhook_secrets.secret(caller.tenant_id, webhook_id, webhook.secret_version)


async def delete(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, *, expected: Expected) -> None:
    """What is on its way to it is dropped with it."""
    webhook = await _locked(tx, caller, webhook_id, expected)
    await subscriptions.delete(tx, caller.tenant_id, webhook_id)
    await _record(tx, caller, "webhook.delete", webhook)


async def send_test(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId) -> Delivery:
    """A message of the type `webhook.test`, on its way."""
    webhook = await get(tx, caller, webhook_id)
    if webhook.status is not WebhookStatus.ACTIVE:
        raise Conflict(f"the webhook is {webhook.status}", remedy="PATCH it with {paused: false} first")
    delivery_id, body = DeliveryId(new_uuid()), of_test(datetime.now(UTC), webhook.name)
    await deliveries.insert(tx, caller.tenant_id, [NewDelivery(delivery_id, webhook_id, TEST_TYPE, None, None, body)])
    await _record(tx, caller, "webhook.test", webhook)
    return await get_delivery(tx, caller, webhook_id, delivery_id)


async def read_delivery(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """One with its payload."""
    caller.require(_READS)
    return await get_delivery(tx, caller, webhook_id, delivery_id)


async def get_delivery(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    await get(tx, caller, webhook_id)
    delivery = await deliveries.get(tx, caller.tenant_id, webhook_id, delivery_id)
    if delivery is None:
        remedy = f"GET /api/v1/webhooks/{webhook_id}/deliveries lists them"
        raise NotFound("there is no such delivery, or it ended too long ago", remedy=remedy)
    return delivery


async def replay(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """The delivery, pending again, under the id that it had."""
    caller.require(_READS)
    webhook = await get(tx, caller, webhook_id)
    await get_delivery(tx, caller, webhook_id, delivery_id)
    replayed = await deliveries.replay(tx, caller.tenant_id, webhook_id, delivery_id)
    if replayed is None:
        raise Conflict("the delivery is still pending", remedy="wait until it has ended, or see when it is tried next")
    await _record(tx, caller, "webhook.replay", webhook, delivery_id=str(delivery_id))
    return replayed


async def _locked(tx: Transaction, caller: ApiCaller, webhook_id: WebhookId, expected: Expected) -> Webhook:
    webhook = await get(tx, caller, webhook_id, lock=True)
    require_version("webhook", webhook.version, expected)
    return webhook


def _shown(webhook: Webhook) -> dict[str, object]:
    return {"name": webhook.name, "url": webhook.url, "events": webhook.events, "status": webhook.status}


async def _record(
    tx: Transaction,
    caller: ApiCaller,
    action: str,
    webhook: Webhook,
    *,
    before: Webhook | None = None,
    **detail: object,
) -> None:
    shown = {"after": _shown(webhook), **({"before": _shown(before)} if before else {}), **detail}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(webhook.webhook_id), detail=shown
    )
