"""The rows of an audit as they are read: filtered, in pages, with their places in the chain."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.audit.books import Whose
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages, Portion
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


_ORDERS = Orders({"id": (Column("a.audit_id", Kind.NUMBER, "audit_id"),)}, "-id")
_FILTERS = {
    "actor": "a.actor = :actor",
    "action": "a.action = :action",
    # PostgreSQL looks up in an index, before it knows that a row is the tenant's, only by functions that give nothing
    # away of other rows; `left` is none of them.
    "target": "a.target = :target AND md5(a.target) = md5(:target)",
    "outcome": "a.outcome = :outcome",
    "since": "a.at >= :since",
    "until": "a.at < :until",
}
_SHOWN = """SELECT a.audit_id, a.at, a.actor, a.action, a.target,
                   CASE WHEN :with_detail THEN a.detail ELSE '{}' END AS detail, a.outcome, a.status, a.operation,
                   a.request_id, a.ip, a.user_agent, a.trace_id, c.position, c.hash"""
_LARGE = {"detail": "detail"}
PAGES = Pages(
    _SHOWN,
    "FROM audit_log a LEFT JOIN audit_chain c USING (tenant_id, audit_id) WHERE a.tenant_id = :tenant_id",
    orders=_ORDERS,
    filters=_FILTERS,
    large=_LARGE,
)
PLATFORM_PAGES = Pages(
    _SHOWN,
    "FROM platform_audit a LEFT JOIN platform_audit_chain c USING (audit_id) WHERE true",
    orders=_ORDERS,
    filters=_FILTERS,
    large=_LARGE,
)
WHOLE = frozenset(_LARGE)


async def page(tx: Transaction, whose: Whose, wanted: AuditFilter, part: PagePart) -> Portion[AuditEntry]:
    """Details that are not read are empty."""
    pages = PLATFORM_PAGES if whose is None else PAGES
    return await pages.portion(
        tx,
        part,
        {} if whose is None else {"tenant_id": whose},
        partial(value_of, AuditEntry),
        actor=wanted.actor,
        action=wanted.action,
        target=wanted.target,
        outcome=wanted.outcome,
        since=wanted.since,
        until=wanted.until,
    )


async def last_done_by(tx: Transaction, tenant_id: TenantId, actors: Collection[str], *, action: str) -> list[str]:
    """The targets to which this was done by one of these actors, and by nobody else since."""
    rows = await tx.execute(
        text(
            """SELECT target FROM (
                   SELECT DISTINCT ON (target) target, actor FROM audit_log
                   WHERE tenant_id = :tenant_id AND action = :action AND outcome = 'done'
                   ORDER BY target, audit_id DESC) last
               WHERE actor = ANY(:actors) ORDER BY target"""
        ),
        {"tenant_id": tenant_id, "action": action, "actors": list(actors)},
    )
    return list(rows.scalars())


async def rows_were_unlocked(tx: Transaction, tenant_id: TenantId) -> bool:
    """Whether the platform's audit says that a deletion of the tenant has come to its rows; no tenant's transaction."""
    rows = await tx.execute(
        text(
            """SELECT EXISTS (SELECT FROM platform_audit
                              WHERE target = :target AND md5(target) = md5(:target) AND action = 'tenant.erase')"""
        ),
        {"target": str(tenant_id)},
    )
    return bool(rows.scalar_one())
