"""A tenant's settings: members of one JSON object that are changed one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


async def read(tx: Transaction, tenant_id: TenantId, *, lock: bool = False) -> dict[str, Any]:
    """All members of the settings, not validated; with `lock` nobody else changes any until the transaction ends."""
    rows = await tx.execute(
        text("SELECT settings FROM tenants WHERE tenant_id = :tenant_id", "FOR NO KEY UPDATE" if lock else ""),
        {"tenant_id": tenant_id},
    )
    settings: dict[str, Any] = rows.scalar_one()
    return settings


async def put(tx: Transaction, tenant_id: TenantId, members: Mapping[str, Any]) -> None:
    """Replaces these members, and leaves the others."""
    await tx.execute(
        text("UPDATE tenants SET settings = settings || CAST(:members AS jsonb) WHERE tenant_id = :tenant_id"),
        {"tenant_id": tenant_id, "members": jsonb(dict(members))},
    )


async def remove(tx: Transaction, tenant_id: TenantId, names: Sequence[str]) -> bool:
    """Removes these members; returns whether there were any."""
    removed = await tx.execute(
        text(
            """UPDATE tenants SET settings = settings - CAST(:names AS text[])
               WHERE tenant_id = :tenant_id AND settings ?| CAST(:names AS text[]) RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "names": list(names)},
    )
    return removed.first() is not None


async def time_zone(tx: Transaction, tenant_id: TenantId) -> str:
    """The zone of the tenant's calendar."""
    rows = await tx.execute(
        text("SELECT time_zone FROM tenants WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return str(rows.scalar_one())
