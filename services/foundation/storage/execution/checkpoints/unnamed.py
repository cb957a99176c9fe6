"""Parts that no checkpoint names any more: a trigger notes the parts of what is deleted, and a sweep removes them.

Whoever writes a checkpoint holds the tenant's lock shared until it commits, and the sweep takes it alone before it
looks. So the sweep sees every name that was given to a part before it, and whoever comes after it sees what is gone.
"""

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

_LOCK = "hashtextextended('message_parts ' || CAST(:tenant_id AS text), 0)"


async def keep_parts(tx: Transaction, tenant_id: TenantId) -> None:
    """No part of the tenant is removed until this transaction ends; to be called before it looks which there are."""
    await tx.execute(text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})"), {"tenant_id": str(tenant_id)})


async def tenants_with_notes(tx: Transaction, *, limit: int) -> list[TenantId]:
    """Tenants of which checkpoints were deleted since their parts were last swept."""
    rows = await tx.execute(
        text("SELECT DISTINCT tenant_id FROM released_parts ORDER BY tenant_id LIMIT :limit"), {"limit": limit}
    )
    return [TenantId(row.tenant_id) for row in rows]


async def remove_unnamed(tx: Transaction, tenant_id: TenantId, *, limit: int) -> int:
    """Removes those of the noted parts that no checkpoint names; looks at `limit` notes, and returns how many went.

    Waits for whoever writes a checkpoint of the tenant at this moment.
    """
    await tx.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"), {"tenant_id": str(tenant_id)})
    gone = await tx.execute(
        text(
            """WITH noted AS (
                   DELETE FROM released_parts r
                   WHERE r.tenant_id = :tenant_id AND r.digest IN (
                       SELECT digest FROM released_parts WHERE tenant_id = :tenant_id LIMIT :limit)
                   RETURNING r.digest)
               DELETE FROM message_parts p USING noted
               WHERE p.tenant_id = :tenant_id AND p.digest = noted.digest
                 AND noted.digest NOT IN (SELECT unnest(manifest) FROM checkpoints WHERE tenant_id = :tenant_id)"""
        ),
        {"tenant_id": tenant_id, "limit": limit},
    )
    return gone.rowcount
