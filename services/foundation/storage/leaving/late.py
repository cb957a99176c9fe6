"""Looks at tenants whose deletion is done, for what has come late."""

from datetime import datetime

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def to_look_at(tx: Transaction, *, as_of: datetime, most: int) -> list[TenantId]:
    """Tenants that are deleted, and of which something may have come late."""
    rows = await tx.execute(
        text("SELECT tenant_id FROM deletions_to_look_at(:as_of, :most) AS tenant_id"), {"as_of": as_of, "most": most}
    )
    return [TenantId(row.tenant_id) for row in rows]


async def lease_look(tx: Transaction, tenant_id: TenantId, *, as_of: datetime, until: datetime) -> datetime | None:
    """When the deletion ended, where it is to be looked at and nobody else does."""
    rows = await tx.execute(
        text(
            """UPDATE tenant_deletions SET look_at = :until
               WHERE tenant_id = :tenant_id AND status = 'deleted' AND look_at <= :as_of RETURNING ended_at"""
        ),
        {"tenant_id": tenant_id, "as_of": as_of, "until": until},
    )
    ended_at: datetime | None = rows.scalar_one_or_none()
    return ended_at


async def note_look(tx: Transaction, tenant_id: TenantId, *, look_at: datetime | None) -> None:
    """When it is looked at again; None for never."""
    await tx.execute(
        text("UPDATE tenant_deletions SET look_at = :look_at WHERE tenant_id = :tenant_id AND status = 'deleted'"),
        {"tenant_id": tenant_id, "look_at": look_at},
    )
