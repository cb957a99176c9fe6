"""How far webhooks have heard their tenant's stream."""

from dataclasses import dataclass

from foundation.domain.ids import TenantId, WebhookId
from foundation.storage.execution.event_streams import EventPlace
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Reader:
    """A webhook that is to be told what stands behind `after`."""

    webhook_id: WebhookId
    events: list[str]
    after: EventPlace


async def tenants_to_read(tx: Transaction) -> dict[TenantId, str]:
    """The tenants that have active webhooks, each with the transaction from which on one of them has not heard."""
    rows = await tx.execute(text("SELECT tenant_id, since FROM webhooks_to_read()"))
    return {TenantId(row.tenant_id): row.since for row in rows}


async def lock_readers(tx: Transaction, tenant_id: TenantId) -> list[Reader]:
    """The tenant's active webhooks that nobody else is about to tell something, held until this transaction ends."""
    rows = await tx.execute(
        text(
            """SELECT webhook_id, events, read_xact, read_number FROM webhooks
               WHERE tenant_id = :tenant_id AND status = 'active' ORDER BY webhook_id FOR NO KEY UPDATE SKIP LOCKED"""
        ),
        {"tenant_id": tenant_id},
    )
    return [Reader(row.webhook_id, row.events, EventPlace(row.read_xact, row.read_number)) for row in rows]


async def advance(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, *, to: EventPlace) -> None:
    await tx.execute(
        text(
            """UPDATE webhooks SET read_xact = :xact, read_number = :number
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id"""
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id, "xact": to.xact, "number": to.number},
    )
