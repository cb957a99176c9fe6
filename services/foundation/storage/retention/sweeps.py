"""Which tenants are to be swept of what has expired; a process that sweeps one has it leased meanwhile."""

from datetime import datetime

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def tenants_to_sweep(tx: Transaction, *, as_of: datetime, most: int) -> list[TenantId]:
    """Those that say how long content is kept or have had uploads, that nobody sweeps, and that are due."""
    rows = await tx.execute(
        text("SELECT tenant_id FROM tenants_to_sweep(:as_of, :most) AS tenant_id"), {"as_of": as_of, "most": most}
    )
    return [TenantId(row.tenant_id) for row in rows]


async def lease(tx: Transaction, tenant_id: TenantId, *, as_of: datetime, until: datetime) -> bool:
    """Whether it is ours until then."""
    rows = await tx.execute(
        text(
            """INSERT INTO retention_sweeps AS s (tenant_id, leased_until, due_at) VALUES (:tenant_id, :until, :as_of)
               ON CONFLICT (tenant_id) DO UPDATE SET leased_until = EXCLUDED.leased_until
               WHERE (s.leased_until IS NULL OR s.leased_until <= :as_of) AND s.due_at <= :as_of RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "as_of": as_of, "until": until},
    )
    return rows.first() is not None


async def hasten(tx: Transaction, tenant_id: TenantId, *, due_at: datetime) -> None:
    """The tenant is swept then at the latest. Where that is so already nothing is locked: uploads come side by side."""
    values = {"tenant_id": tenant_id, "due_at": due_at}
    for statement in (
        "UPDATE retention_sweeps SET due_at = :due_at WHERE tenant_id = :tenant_id AND due_at > :due_at",
        "INSERT INTO retention_sweeps (tenant_id, due_at) VALUES (:tenant_id, :due_at) ON CONFLICT DO NOTHING",
    ):
        await tx.execute(text(statement), values)


async def renew(tx: Transaction, tenant_id: TenantId, *, until: datetime) -> None:
    await tx.execute(
        text("UPDATE retention_sweeps SET leased_until = :until WHERE tenant_id = :tenant_id"),
        {"tenant_id": tenant_id, "until": until},
    )


async def release(tx: Transaction, tenant_id: TenantId, *, due_at: datetime) -> None:
    """It is swept again then."""
    await tx.execute(
        text("UPDATE retention_sweeps SET leased_until = NULL, due_at = :due_at WHERE tenant_id = :tenant_id"),
        {"tenant_id": tenant_id, "due_at": due_at},
    )
