"""Webhooks: where they are, what they want to hear, how they fare, and how far they have heard."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import ApiKeyId, TenantId, UserId, WebhookId
from foundation.domain.states import WebhookStatus
from foundation.storage.execution.event_streams import EventPlace
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as it stands; `version` rises when its owner changes it, not with its deliveries."""

    webhook_id: WebhookId
    name: str
    url: str
    events: list[str]
    status: WebhookStatus
    disabled_reason: str | None
    secret_version: int
    previous_secret_until: datetime | None
    failures: int
    failing_since: datetime | None
    version: int
    created_by: UserId | None
    created_at: datetime
    updated_at: datetime
    by_key: ApiKeyId | None


_COLUMNS = """webhook_id, name, url, events, status, disabled_reason, secret_version, previous_secret_until, failures,
              failing_since, version, created_by, created_at, updated_at, by_key"""
_SELECT = ("SELECT", _COLUMNS, "FROM webhooks WHERE tenant_id = :tenant_id")


async def insert(
    tx: Transaction,
    tenant_id: TenantId,
    webhook_id: WebhookId,
    *,
    name: str,
    url: str,
    events: Sequence[str],
    after: EventPlace,
    by: UserId,
    by_key: ApiKeyId | None,
) -> Webhook:
    """It hears what stands behind the place `after`."""
    row = await tx.execute(
        text(
            """INSERT INTO webhooks (tenant_id, webhook_id, name, url, events, read_xact, read_number, created_by,
                                     by_key, secret_by_key)
               VALUES (:tenant_id, :webhook_id, :name, :url, :events, :xact, :number, :by, :by_key, :by_key)
               RETURNING""",
            _COLUMNS,
        ),
        {
            "tenant_id": tenant_id,
            "webhook_id": webhook_id,
            "name": name,
            "url": url,
            "events": list(events),
            "xact": after.xact,
            "number": after.number,
            "by": by,
            "by_key": by_key,
        },
    )
    return value_of(Webhook, row.one())


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many there are; further ones wait until this transaction has ended."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text("SELECT count(*) FROM webhooks WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, *, lock: bool = False) -> Webhook | None:
    statement = _GET_LOCKED if lock else _GET
    row = (await tx.execute(statement, {"tenant_id": tenant_id, "webhook_id": webhook_id})).first()
    return value_of(Webhook, row) if row else None


_GET = text(*_SELECT, "AND webhook_id = :webhook_id")
_GET_LOCKED = text(*_SELECT, "AND webhook_id = :webhook_id FOR NO KEY UPDATE")


PAGES = Pages(*_SELECT, orders=Orders({"created_at": by_age("created_at", "webhook_id")}, "-created_at"))


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[Webhook]:
    return [value_of(Webhook, row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]


async def listening(tx: Transaction, tenant_id: TenantId, patterns: Sequence[str]) -> list[WebhookId]:
    """Those that want to hear one of these types or families; a paused one hears it when it is woken."""
    rows = await tx.execute(
        text(
            """SELECT webhook_id FROM webhooks WHERE tenant_id = :tenant_id AND status IN ('active', 'paused')
                 AND events && CAST(:patterns AS text[]) ORDER BY webhook_id"""
        ),
        {"tenant_id": tenant_id, "patterns": list(patterns)},
    )
    return [WebhookId(row.webhook_id) for row in rows]


async def change(
    tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, changes: dict[str, Any], *, by_key: ApiKeyId | None
) -> Webhook:
    """Changes these of `name`, `url`, `events`, `status`. One that becomes active is tried anew at once.

    `by_key` is the caller's, by which it stands from now on if the `url` is changed.
    """
    row = await tx.execute(
        text(
            """UPDATE webhooks w SET name = COALESCE(:name, name), url = COALESCE(:url, url),
                      events = COALESCE(CAST(:events AS text[]), events), status = COALESCE(c.status, w.status),
                      disabled_reason = CASE WHEN c.status IS NULL THEN disabled_reason END,
                      failures = CASE WHEN c.status = 'active' THEN 0 ELSE failures END,
                      failing_since = CASE WHEN c.status = 'active' THEN NULL ELSE failing_since END,
                      not_before = CASE WHEN c.status = 'active' THEN now() ELSE not_before END,
                      by_key = CASE WHEN CAST(:url AS text) IS NULL THEN by_key ELSE :by_key END,
                      version = version + 1, updated_at = now()
               FROM (SELECT CAST(:status AS text) AS status) c
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id RETURNING""",
            _COLUMNS.replace(" status,", " w.status,"),
        ),
        {
            "tenant_id": tenant_id,
            "webhook_id": webhook_id,
            "by_key": by_key,
            **{name: changes.get(name) for name in ("name", "url", "events", "status")},
        },
    )
    return value_of(Webhook, row.one())


async def rotate(
    tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, *, overlap_seconds: int, by_key: ApiKeyId | None
) -> Webhook:
    """The next secret; for the overlap the one before signs as well. `by_key` is the key of whoever gets it."""
    row = await tx.execute(
        text(
            """UPDATE webhooks SET secret_version = secret_version + 1, version = version + 1, updated_at = now(),
                      previous_by_key = secret_by_key, secret_by_key = :by_key,
                      previous_secret_until = now() + CAST(:overlap AS int) * interval '1 second'
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id RETURNING""",
            _COLUMNS,
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id, "overlap": overlap_seconds, "by_key": by_key},
    )
    return value_of(Webhook, row.one())


async def delete(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId) -> None:
    await tx.execute(
        text("DELETE FROM webhooks WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id"),
        {"tenant_id": tenant_id, "webhook_id": webhook_id},
    )


async def pause_by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[Webhook]:
    """Those that stand by one of these keys and send: as they are now that they hold back what happens."""
    rows = await tx.execute(
        text(
            """UPDATE webhooks SET status = 'paused', version = version + 1, updated_at = now()
               WHERE tenant_id = :tenant_id AND by_key = ANY(:which) AND status = 'active' RETURNING""",
            _COLUMNS,
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [value_of(Webhook, row) for row in rows]


async def signed_by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[Webhook]:
    """Those that send where none of these keys has said, with a secret that was shown to one of them."""
    rows = await tx.execute(
        text(
            *_SELECT,
            """AND (secret_by_key = ANY(:which) OR previous_by_key = ANY(:which) AND previous_secret_until > now())
               AND (by_key IS NULL OR by_key <> ALL(:which)) ORDER BY webhook_id""",
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [value_of(Webhook, row) for row in rows]


async def succeeded(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId) -> None:
    """Its row is written only where it had failed before, so that deliveries do not wait for one another."""
    await tx.execute(
        text(
            """UPDATE webhooks SET failures = 0, failing_since = NULL, not_before = now()
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id AND failures > 0"""
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id},
    )


@dataclass(frozen=True, slots=True)
class Failing:
    """How often a webhook has failed in a row, and for how long."""

    failures: int
    seconds: float
    status: WebhookStatus


async def failed(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId) -> Failing | None:
    """Counts a failure; None where the webhook is gone."""
    row = (
        await tx.execute(
            text(
                """UPDATE webhooks SET failures = failures + 1, failing_since = COALESCE(failing_since, now())
                   WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id
                   RETURNING failures, status,
                             CAST(extract(epoch FROM now() - failing_since) AS float) AS seconds"""
            ),
            {"tenant_id": tenant_id, "webhook_id": webhook_id},
        )
    ).first()
    return value_of(Failing, row) if row else None


async def hold_back(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, *, seconds: float) -> None:
    """Nothing is sent to it for so long."""
    await tx.execute(
        text(
            """UPDATE webhooks SET not_before = now() + CAST(:seconds AS float) * interval '1 second'
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id"""
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id, "seconds": seconds},
    )


async def disable(tx: Transaction, tenant_id: TenantId, webhook_id: WebhookId, *, reason: str) -> bool:
    """Whether it was active until now."""
    changed = await tx.execute(
        text(
            """UPDATE webhooks SET status = 'disabled', disabled_reason = :reason, version = version + 1,
                      updated_at = now()
               WHERE tenant_id = :tenant_id AND webhook_id = :webhook_id AND status = 'active' RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "webhook_id": webhook_id, "reason": reason},
    )
    return changed.first() is not None
