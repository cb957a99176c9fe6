"""Deliveries: each an event on its way to a webhook, with every attempt counted and the last answer kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import DeliveryId, RunId, TenantId, WebhookId
from foundation.domain.states import DeliveryStatus
from foundation.storage.execution.event_streams import EventPlace
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """An event for a webhook; `place` is None of one that is no event of a run."""

    delivery_id: DeliveryId
    webhook_id: WebhookId
    type: str
    run_id: RunId | None
    place: EventPlace | None
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it stands; `next_at` means something while it is pending."""

    delivery_id: DeliveryId
    webhook_id: WebhookId
    type: str
    run_id: RunId | None
    body: str
    status: DeliveryStatus
    attempts: int
    next_at: datetime
    answer_status: int | None
    error: str | None
    answered_in_ms: int | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """One attempt that this process makes now, with what it has to know of its webhook."""

    delivery_id: DeliveryId
    webhook_id: WebhookId
    type: str
    body: str
    attempts: int
    """This one included."""
    url: str
    secret_version: int
    signs_twice: bool
    """Whether the secret before is still valid."""


_COLUMNS = """delivery_id, webhook_id, type, run_id, body, status, attempts, next_at, answer_status, error,
              answered_in_ms, created_at, ended_at"""
_OF_ONE = "WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id AND delivery_id = :delivery_id"


async def insert(tx: Transaction, tenant_id: TenantId, new: Sequence[NewDelivery]) -> None:
    """An event that is on its way to a webhook already is not put there again."""
    rows = [
        {
            "delivery_id": str(one.delivery_id),
            "webhook_id": str(one.webhook_id),
            "type": one.type,
            "run_id": None if one.run_id is None else str(one.run_id),
            "xact": None if one.place is None else one.place.xact,
            "number": None if one.place is None else one.place.number,
            "body": one.body,
        }
        for one in new
    ]
    await tx.execute(
        text(
            """INSERT INTO webhook_deliveries
                      (tenant_id, delivery_id, webhook_id, type, run_id, event_xact, event_number, body)
               SELECT :tenant_id, d.delivery_id, d.webhook_id, d.type, d.run_id, d.xact, d.number, d.body
               FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS d(delivery_id uuid, webhook_id uuid, type text,
                                                                 run_id uuid, xact bigint, number bigint, body text)
               ON CONFLICT (tenant_id, webhook_id, event_xact, event_number) DO NOTHING"""
        ),
        {"tenant_id": tenant_id, "rows": jsonb(rows)},
    )


async def tenants_with_due(tx: Transaction, *, most: int) -> list[TenantId]:
    rows = await tx.execute(
        text("SELECT tenant_id FROM tenants_with_due_deliveries(:most) AS tenant_id"), {"most": most}
    )
    return [TenantId(row.tenant_id) for row in rows]


async def claim(
    tx: Transaction, tenant_id: TenantId, *, most: int, most_of_webhook: int, lease_seconds: float
) -> list[ClaimedDelivery]:
    """Takes due deliveries, the oldest first, and counts their attempts; of a webhook that fails only one.

    Those that were put on their way at once, as after a pause, have one time: there the place of their events decides.
    """
    rows = await tx.execute(
        text(
            """WITH ranked AS (
                   SELECT d.delivery_id,
                          row_number() OVER (ORDER BY d.next_at, d.created_at, d.event_xact, d.event_number) AS turn,
                          row_number() OVER (PARTITION BY d.webhook_id
                                             ORDER BY d.next_at, d.created_at, d.event_xact, d.event_number) AS place,
                          CASE WHEN w.failures > 0 THEN 1 ELSE :most_of_webhook END AS room
                   FROM webhook_deliveries d
                   JOIN webhooks w ON w.tenant_id = d.tenant_id AND w.webhook_id = d.webhook_id
                   WHERE d.tenant_id = :tenant_id AND d.status = 'pending' AND d.next_at <= now()
                     AND (d.leased_until IS NULL OR d.leased_until < now())
                     AND w.status = 'active' AND w.not_before <= now()),
               due AS (
                   SELECT d.delivery_id, r.turn FROM webhook_deliveries d JOIN ranked r ON r.delivery_id = d.delivery_id
                   WHERE d.tenant_id = :tenant_id AND r.place <= r.room AND d.status = 'pending'
                     AND (d.leased_until IS NULL OR d.leased_until < now())
                   ORDER BY r.turn LIMIT :most FOR UPDATE OF d SKIP LOCKED),
               claimed AS (
                   UPDATE webhook_deliveries d
                   SET attempts = d.attempts + 1, leased_until = now() + CAST(:lease AS float) * interval '1 second'
                   FROM due, webhooks w
                   WHERE d.tenant_id = :tenant_id AND d.delivery_id = due.delivery_id
                     AND w.tenant_id = d.tenant_id AND w.webhook_id = d.webhook_id
                   RETURNING due.turn, d.delivery_id, d.webhook_id, d.type, d.body, d.attempts, w.url,
                             w.secret_version, COALESCE(w.previous_secret_until > now(), false) AS signs_twice)
               SELECT delivery_id, webhook_id, type, body, attempts, url, secret_version, signs_twice
               FROM claimed ORDER BY turn"""
        ),
        {
            "tenant_id": tenant_id,
            "most": most,
            "most_of_webhook": most_of_webhook,
            "lease": lease_seconds,
        },
    )
    return [value_of(ClaimedDelivery, row) for row in rows]


async def record(
    tx: Transaction,
    tenant_id: TenantId,
    claimed: ClaimedDelivery,
    *,
    status: DeliveryStatus,
    answer_status: int | None,
    error: str | None,
    answered_in_ms: int | None,
    again_in_seconds: float | None = None,
) -> None:
    """What became of an attempt, unless a later one has begun; pending ones are tried again after so many seconds."""
    await tx.execute(
        text(
            """UPDATE webhook_deliveries
               SET status = :status, answer_status = :answer_status, error = :error, answered_in_ms = :ms,
                   leased_until = NULL,
                   next_at = CASE WHEN CAST(:again AS float) IS NULL THEN next_at
                                  ELSE now() + CAST(:again AS float) * interval '1 second' END,
                   ended_at = CASE WHEN :status = 'pending' THEN NULL ELSE now() END
               WHERE tenant_id = :tenant_id AND delivery_id = :delivery_id AND attempts = :attempts
                 AND status = 'pending'"""
        ),
        {
            "tenant_id": tenant_id,
            "delivery_id": claimed.delivery_id,
            "attempts": claimed.attempts,
            "status": status,
            "answer_status": answer_status,
            "error": error,
            "ms": answered_in_ms,
            "again": again_in_seconds,
        },
    )


PAGES = Pages(
    "SELECT",
    _COLUMNS,
    "FROM webhook_deliveries WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id",
    orders=Orders({"created_at": by_age("created_at", "delivery_id")}, "-created_at"),
    filters={"status": "status = :status"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, part: PagePart, *, status: DeliveryStatus | None
) -> list[Delivery]:
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id, "webhook_id": webhook_id}, status=status)
    return [value_of(Delivery, row) for row in rows]


async def get(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery | None:
    row = (
        await tx.execute(
            text("SELECT", _COLUMNS, "FROM webhook_deliveries", _OF_ONE),
            {"tenant_id": tenant_id, "webhook_id": webhook_id, "delivery_id": delivery_id},
        )
    ).first()
    return value_of(Delivery, row) if row else None


async def replay(
    tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, delivery_id: DeliveryId
) -> Delivery | None:
    """Sends one again that has ended, from its first attempt on, as if it had had no answer; None where none has."""
    row = (
        await tx.execute(
            text(
                """UPDATE webhook_deliveries
                   SET status = 'pending', attempts = 0, next_at = now(), leased_until = NULL, ended_at = NULL,
                       answer_status = NULL, error = NULL, answered_in_ms = NULL""",
                _OF_ONE,
                "AND status <> 'pending' RETURNING",
                _COLUMNS,
            ),
            {"tenant_id": tenant_id, "webhook_id": webhook_id, "delivery_id": delivery_id},
        )
    ).first()
    return value_of(Delivery, row) if row else None


async def wake(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId) -> None:
    """What waits for a later attempt of this webhook is due now, the oldest first."""
    await tx.execute(
        text(
            """UPDATE webhook_deliveries SET next_at = now()
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id AND status = 'pending' AND next_at > now()"""
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id},
    )


async def forget_old(tx: Transaction, *, days: int, most: int) -> int:
    """Removes deliveries of all tenants that ended so long ago; how many they were."""
    rows = await tx.execute(
        text("SELECT forget_webhook_deliveries(CAST(:days AS int) * interval '1 day', :most) AS gone"),
        {"days": days, "most": most},
    )
    return int(rows.scalar_one())
