"""The rows of a tenant's audit as they are read: filtered, in pages, with their places in the chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row of `audit_log`; `position` and `hash` are those of the chain, None until the row is sealed."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, Any]
    outcome: str
    status: int | None
    operation: str | None
    request_id: str | None
    ip: str | None
    user_agent: str | None
    trace_id: str | None
    position: int | None
    hash: bytes | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are asked for; None: whatever there is."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    tx: Transaction, tenant_id: TenantId, wanted: AuditFilter, *, limit: int, before: int | None
) -> list[AuditEntry]:
    """Newest first, from the row before this one on."""
    rows = await tx.execute(
        text(
            """SELECT a.audit_id, a.at, a.actor, a.action, a.target, a.detail, a.outcome, a.status, a.operation,
                      a.request_id, a.ip, a.user_agent, a.trace_id, c.position, c.hash
               FROM audit_log a LEFT JOIN audit_chain c USING (tenant_id, audit_id)
               WHERE a.tenant_id = :tenant_id
                 AND (CAST(:before AS bigint) IS NULL OR a.audit_id < :before)
                 AND (CAST(:actor AS text) IS NULL OR a.actor = :actor)
                 AND (CAST(:action AS text) IS NULL OR a.action = :action)
                 AND (CAST(:target AS text) IS NULL
                      OR (a.target = :target AND "left"(a.target, 128) = "left"(:target, 128)))
                 AND (CAST(:outcome AS text) IS NULL OR a.outcome = :outcome)
                 AND (CAST(:since AS timestamptz) IS NULL OR a.at >= :since)
                 AND (CAST(:until AS timestamptz) IS NULL OR a.at < :until)
               ORDER BY a.audit_id DESC LIMIT :limit"""
        ),
        {
            "tenant_id": tenant_id,
            "before": before,
            "limit": limit,
            "actor": wanted.actor,
            "action": wanted.action,
            "target": wanted.target,
            "outcome": wanted.outcome,
            "since": wanted.since,
            "until": wanted.until,
        },
    )
    return [value_of(AuditEntry, row) for row in rows]
