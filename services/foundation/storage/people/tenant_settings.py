"""What a tenant has set about itself: members of one JSON object, changed one at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb


async def read(tx: Transaction, tenant_id: TenantId) -> dict[str, Any]:
    """All members; nothing in them is checked."""
    found = await tx.execute(
        text("SELECT settings FROM tenants WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    settings: dict[str, Any] = found.scalar_one()
    return settings


async def put(tx: Transaction, tenant_id: TenantId, members: Mapping[str, Any]) -> None:
    """Replaces these members, and leaves the others."""
    await tx.execute(
        text("UPDATE tenants SET settings = settings || CAST(:members AS jsonb) WHERE tenant_id = :tenant_id"),
        {"tenant_id": tenant_id, "members": jsonb(dict(members))},
    )


async def remove(tx: Transaction, tenant_id: TenantId, names: Sequence[str]) -> bool:
    """Whether any of these members stood there; now none does."""
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
    found = await tx.execute(
        text("SELECT time_zone FROM tenants WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return str(found.scalar_one())
