"""Puts events on their way: from where each webhook stands in its tenant's stream to the end of what is stored.

The place and the deliveries are written in one transaction, so that an event is put on its way once, whatever dies.
"""

from control_plane.webhook_sending.payloads import of_event, wants
from foundation.domain.ids import DeliveryId, TenantId, new_uuid
from foundation.storage.execution import event_streams
from foundation.storage.execution.event_streams import PageLimits, StreamedEvent, StreamPage
from foundation.storage.session.database import Database, Transaction
from foundation.storage.webhooks import deliveries, reading
from foundation.storage.webhooks.deliveries import NewDelivery
from foundation.storage.webhooks.reading import Reader

_LIMITS = PageLimits(events=200, data_bytes=1_000_000)


class FanOut:
    """One round looks at all tenants that have active webhooks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def round(self) -> bool:
        """Whether something was put on its way, or more is left to be read."""
        async with self._database.across_tenants(reason="which tenants have webhooks that wait") as tx:
            waiting = await reading.tenants_to_read(tx)
            if not waiting:
                return False
            found = await event_streams.tenants_with_events(
                tx, [(tenant_id, int(since)) for tenant_id, since in waiting.items()]
            )
        busy = False
        for tenant_id in found:
            async with self._database.tenant(tenant_id) as tx:
                busy = await _tell(tx, tenant_id) or busy
        return busy


async def _tell(tx: Transaction, tenant_id: TenantId) -> bool:
    until = await event_streams.horizon(tx)
    pages: dict[object, StreamPage] = {}
    busy = False
    for reader in await reading.lock_readers(tx, tenant_id):
        # Webhooks mostly stand at the same place, and then share what is read from there.
        if reader.after not in pages:
            pages[reader.after] = await event_streams.of_tenant(
                tx, tenant_id, after=reader.after, until=until, limits=_LIMITS
            )
        page = pages[reader.after]
        # What belongs to no run was put on its way where it happened.
        of_runs = (event for event in page.events if event.run_id is not None)
        new = [_delivery(reader, event) for event in of_runs if wants(reader.events, event.type)]
        if new:
            await deliveries.insert(tx, tenant_id, new)
        to = page.events[-1].place if page.more else max(reader.after, event_streams.before(until))
        await reading.advance(tx, tenant_id, reader.webhook_id, to=to)
        busy = busy or bool(new) or page.more
    return busy


def _delivery(reader: Reader, event: StreamedEvent) -> NewDelivery:
    return NewDelivery(
        DeliveryId(new_uuid()), reader.webhook_id, event.type, event.run_id, event.place, of_event(event)
    )
