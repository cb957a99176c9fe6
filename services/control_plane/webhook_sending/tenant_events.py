"""Tells what happens in a tenant and in no run of it, in the transaction in which it happens."""

from datetime import datetime
from typing import Any

from control_plane.webhook_sending.payloads import of_event
from foundation.domain.ids import DeliveryId, TenantId, new_uuid
from foundation.domain.run_events import TenantEventType
from foundation.storage.execution import event_streams
from foundation.storage.session.database import Transaction
from foundation.storage.webhooks import deliveries, subscriptions
from foundation.storage.webhooks.deliveries import NewDelivery


async def tell(
    tx: Transaction, tenant_id: TenantId, kind: TenantEventType, *, at: datetime, data: dict[str, Any]
) -> None:
    """The event stands in the tenant's stream, and is on its way to each webhook that wants to hear it."""
    event = await event_streams.tell_tenant(tx, tenant_id, kind, at=at, data=data)
    family = f"{kind.partition('.')[0]}.*"
    body = of_event(event)
    new = [
        NewDelivery(DeliveryId(new_uuid()), webhook_id, kind, None, None, body)
        for webhook_id in await subscriptions.listening(tx, tenant_id, [kind, family])
    ]
    if new:
        await deliveries.insert(tx, tenant_id, new)
