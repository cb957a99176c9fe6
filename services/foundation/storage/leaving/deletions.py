"""Deletions of tenants: asked for, begun when their time of grace is over, done phase by phase, certified."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from foundation.domain.errors import Conflict
from foundation.domain.ids import DeletionId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


class DeletionStatus(StrEnum):
    """Where a deletion stands."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    DELETED = "deleted"
    CANCELLED = "cancelled"


class DeletionPhase(StrEnum):
    """What is done now of a deletion that runs, in this order."""

    STOPPING = "stopping"
    OBJECTS = "objects"
    CACHES = "caches"
    ROWS = "rows"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class TenantDeletion:
    """A row of `tenant_deletions`; `removed` counts what went, by the name of its table or place."""

    tenant_id: TenantId
    deletion_id: DeletionId
    status: DeletionStatus
    phase: DeletionPhase | None
    requested_by: str
    requested_at: datetime
    not_before: datetime
    started_at: datetime | None
    ended_at: datetime | None
    removed: dict[str, int]
    waits_for: str | None
    certificate: str | None


_COLUMNS = (
    "tenant_id, deletion_id, status, phase, requested_by, requested_at, not_before, started_at, ended_at, removed,"
    " waits_for, certificate"
)
LEDGER = "llm_events"
"""The table that stays."""
_ERASED = (
    "spans",
    "run_events",
    "tenant_events",
    "turns",
    "tool_attempts",
    "tool_events",
    "step_needs",
    "approvals",
    "dead_letters",
    "webhook_deliveries",
    "schedule_firings",
    "trigger_calls",
    "keyed_calls",
    "artifacts",
    "outbox",
    "budget_warnings",
    "quota_counts",
    "llm_replays",
    "checkpoints",
    "message_parts",
    "released_parts",
    "lines",
)
"""What is removed a part at a time, as there may be millions of rows of it, and before what it refers to."""
_ERASED_AFTER_RUNS = (
    "schedules",
    "triggers",
    "tasks",
    "webhooks",
    "source_tools",
    "tool_source_versions",
    "tool_sources",
    "secrets",
    "budgets",
    "audit_chain",
    "audit_anchors",
    "audit_log",
    "break_glass_accesses",
    "api_keys",
    "service_accounts",
    "tenant_exports",
    "kill_switches",
    "retention_sweeps",
)
"""What is small, and goes before people and roles, and at last the tenant with what nobody has named here.

Of invitations those that were accepted go with who accepted them: they say who has left the tenant again.
"""


async def request(
    tx: Transaction, tenant_id: TenantId, deletion_id: DeletionId, *, by: str, now: datetime, not_before: datetime
) -> bool:
    """Whether it is new; not where one is under way."""
    changed = await tx.execute(
        text(
            """INSERT INTO tenant_deletions AS d (tenant_id, deletion_id, requested_by, requested_at, not_before)
               VALUES (:tenant_id, :deletion_id, :by, :now, :not_before)
               ON CONFLICT (tenant_id) DO UPDATE SET deletion_id = EXCLUDED.deletion_id, status = 'scheduled',
                   requested_by = EXCLUDED.requested_by, requested_at = EXCLUDED.requested_at,
                   not_before = EXCLUDED.not_before
               WHERE d.status = 'cancelled'"""
        ),
        {"tenant_id": tenant_id, "deletion_id": deletion_id, "by": by, "now": now, "not_before": not_before},
    )
    return changed.rowcount == 1


async def get(tx: Transaction, tenant_id: TenantId, *, lock: bool = False) -> TenantDeletion | None:
    rows = await tx.execute(
        text(
            f"SELECT {_COLUMNS} FROM tenant_deletions WHERE tenant_id = :tenant_id",  # noqa: S608 - written above
            "FOR UPDATE" if lock else "",
        ),
        {"tenant_id": tenant_id},
    )
    row = rows.first()
    return value_of(TenantDeletion, row) if row else None


async def cancel(tx: Transaction, tenant_id: TenantId) -> bool:
    """Whether it had not begun."""
    changed = await tx.execute(
        text("UPDATE tenant_deletions SET status = 'cancelled' WHERE tenant_id = :tenant_id AND status = 'scheduled'"),
        {"tenant_id": tenant_id},
    )
    return changed.rowcount == 1


async def with_work(tx: Transaction, *, as_of: datetime, most: int) -> list[TenantId]:
    """Tenants whose deletion is due or runs, and that nobody attends to now."""
    rows = await tx.execute(
        text("SELECT tenant_id FROM deletions_with_work(:as_of, :most) AS tenant_id"), {"as_of": as_of, "most": most}
    )
    return [TenantId(row.tenant_id) for row in rows]


async def lease(tx: Transaction, tenant_id: TenantId, *, as_of: datetime, until: datetime) -> TenantDeletion | None:
    """The deletion, begun if it was not, where nobody else attends to it."""
    rows = await tx.execute(
        text(
            f"""UPDATE tenant_deletions SET leased_until = :until, status = 'running',
                       phase = COALESCE(phase, 'stopping'), started_at = COALESCE(started_at, :as_of)
                WHERE tenant_id = :tenant_id AND status IN ('scheduled', 'running') AND not_before <= :as_of
                  AND (leased_until IS NULL OR leased_until <= :as_of)
                RETURNING {_COLUMNS}"""  # noqa: S608 - written above
        ),
        {"tenant_id": tenant_id, "as_of": as_of, "until": until},
    )
    row = rows.first()
    return value_of(TenantDeletion, row) if row else None


async def note(
    tx: Transaction,
    tenant_id: TenantId,
    *,
    phase: DeletionPhase,
    until: datetime,
    removed: dict[str, int] | None = None,
    waits_for: str | None = None,
) -> None:
    """The phase in which it is now, until when its lease lasts, and what more was removed."""
    await tx.execute(
        text(
            """UPDATE tenant_deletions d SET phase = :phase, leased_until = :until, waits_for = :waits_for,
                   removed = d.removed || COALESCE((
                       SELECT jsonb_object_agg(n.key, n.value::bigint + COALESCE((d.removed ->> n.key)::bigint, 0))
                       FROM jsonb_each_text(CAST(:removed AS jsonb)) n WHERE n.value::bigint > 0), '{}')
               WHERE d.tenant_id = :tenant_id AND d.status = 'running'"""
        ),
        {
            "tenant_id": tenant_id,
            "phase": phase,
            "until": until,
            "waits_for": waits_for,
            "removed": jsonb(dict(removed or {})),
        },
    )


async def release(tx: Transaction, tenant_id: TenantId) -> None:
    """Leaves it to whoever looks next."""
    await tx.execute(
        text("UPDATE tenant_deletions SET leased_until = NULL WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )


async def complete(tx: Transaction, tenant_id: TenantId, *, certificate: str, now: datetime, look_at: datetime) -> None:
    await tx.execute(
        text(
            """UPDATE tenant_deletions SET status = 'deleted', phase = NULL, waits_for = NULL, leased_until = NULL,
                      ended_at = :now, certificate = :certificate, look_at = :look_at
               WHERE tenant_id = :tenant_id AND status = 'running'"""
        ),
        {"tenant_id": tenant_id, "now": now, "certificate": certificate, "look_at": look_at},
    )


async def require_none_running(tx: Transaction, tenant_id: TenantId) -> None:
    """`Conflict` once the deletion of the tenant has begun; until the transaction ends none begins."""
    deletion = await get(tx, tenant_id, lock=True)
    if deletion is not None and deletion.status is DeletionStatus.RUNNING:
        remedy = f"nothing brings it back: GET /api/v1/tenants/{tenant_id}/deletion says how its deletion stands"
        raise Conflict("the tenant is being deleted, and what it had is going", remedy=remedy)


async def certificate(tx: Transaction, deletion_id: DeletionId) -> str | None:
    """Of a deletion of any tenant that is done."""
    rows = await tx.execute(text("SELECT deletion_certificate(:deletion_id)"), {"deletion_id": deletion_id})
    found: str | None = rows.scalar_one()
    return found


async def erase_part(tx: Transaction, *, most: int) -> dict[str, int]:
    """Removes at most so many rows of the transaction's tenant from one table; nothing when all are gone.

    Only while its deletion runs, as PostgreSQL sees to. Of what refers to something else that goes first.
    """
    for table in _ERASED:
        if gone := await _erase(tx, table, most):
            return {table: gone}
    parted = int((await tx.execute(text("SELECT part_runs(:most)"), {"most": most})).scalar_one())
    if parted:
        return {"references_of_runs": parted}
    for table in ("steps", "runs", *_ERASED_AFTER_RUNS):
        if gone := await _erase(tx, table, most):
            return {table: gone}
    people = (await tx.execute(text("SELECT * FROM erase_people(:most)"), {"most": most})).one()
    if people.handled:
        return {"memberships": people.members_gone, "invitations": people.invitations_gone, "users": people.users_gone}
    for table in ("invitations", "roles", "tenants"):
        if gone := await _erase(tx, table, most):
            return {table: gone}
    # Deleting checkpoints notes their parts, after this table had been emptied.
    released = await _erase(tx, "released_parts", most)
    return {"released_parts": released} if released else {}


async def _erase(tx: Transaction, table: str, most: int) -> int:
    gone = await tx.execute(text("SELECT erase_rows(:table, :most)"), {"table": table, "most": most})
    return int(gone.scalar_one())


async def rows_left(tx: Transaction) -> dict[str, int]:
    """How many rows of the transaction's tenant there are, of each table that has a tenant, the ledger included."""
    rows = await tx.execute(text("SELECT name, counted FROM rows_left()"))
    return {row.name: int(row.counted) for row in rows}


async def unfinished(tx: Transaction, tenant_id: TenantId) -> dict[str, Any]:
    """What of the tenant is still under way: open runs, effects that have not gone out, schedules a clock still has."""
    rows = await tx.execute(
        text(
            """SELECT (SELECT count(*) FROM runs WHERE tenant_id = :tenant_id AND ended_at IS NULL) AS runs,
                      (SELECT count(*) FROM outbox WHERE tenant_id = :tenant_id AND kind <> 'confirm_usage') AS effects,
                      (SELECT count(*) FROM schedules
                       WHERE tenant_id = :tenant_id AND clock_applied < clock_revision) AS schedules"""
        ),
        {"tenant_id": tenant_id},
    )
    return rows.mappings()[0]


async def open_runs(tx: Transaction, tenant_id: TenantId, *, most: int) -> list[Any]:
    rows = await tx.execute(
        text("SELECT run_id FROM runs WHERE tenant_id = :tenant_id AND ended_at IS NULL ORDER BY run_id LIMIT :most"),
        {"tenant_id": tenant_id, "most": most},
    )
    return list(rows.scalars())


async def retire_schedules(tx: Transaction, tenant_id: TenantId) -> None:
    """Deletes the schedules as their owner would, so that the clock outside is told to forget them."""
    await tx.execute(
        text(
            """UPDATE schedules SET deleted_at = now(), next_at = NULL, clock_revision = clock_revision + 1
               WHERE tenant_id = :tenant_id AND deleted_at IS NULL"""
        ),
        {"tenant_id": tenant_id},
    )
