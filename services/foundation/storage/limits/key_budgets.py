"""Keys that stand under the budget of a key, as one that has made them or rotated them has one, and keys beside it.

A call counts in the budgets of the key that it is made with, and in those of no other key. So whoever holds a key under
a budget must get no other key by it, and whoever sets a budget is told of those that were got before.
"""

from dataclasses import dataclass

from foundation.domain.ids import ApiKeyId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

# The key, and those that have ever seen its text: each has made the one before it, or has rotated it. What was made
# with a key while another had its text is below that other for good, so no later rotation takes a link away.
_ABOVE = """
    WITH RECURSIVE above AS (
        SELECT CAST(:api_key_id AS uuid) AS api_key_id
        UNION
        SELECT knows.api_key_id FROM above JOIN api_keys k USING (api_key_id)
        CROSS JOIN LATERAL unnest(array_append(k.known_before, k.known_to)) AS knows(api_key_id)
        WHERE k.tenant_id = :tenant_id AND knows.api_key_id IS NOT NULL)
"""
_BELOW = """
    WITH RECURSIVE below AS (
        SELECT CAST(:api_key_id AS uuid) AS api_key_id
        UNION
        SELECT made.api_key_id FROM below CROSS JOIN LATERAL (
            SELECT k.api_key_id FROM api_keys k WHERE k.tenant_id = :tenant_id AND k.known_to = below.api_key_id
            UNION ALL
            SELECT k.api_key_id FROM api_keys k
            WHERE k.tenant_id = :tenant_id AND k.known_before IS NOT NULL
              AND below.api_key_id = ANY(k.known_before)) made)
"""
_HAS_BUDGET = """EXISTS (SELECT FROM budgets b
    WHERE b.tenant_id = :tenant_id AND b.scope = 'key' AND b.scope_id = {}.api_key_id)"""


@dataclass(frozen=True, slots=True)
class KeyBeside:
    """A usable key whose calls count in no budget of a key, although one that has a budget has made it."""

    api_key_id: ApiKeyId
    name: str


async def keys_above(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId) -> set[ApiKeyId]:
    """The key itself, and those whose holders have seen its text by making or rotating keys."""
    rows = await tx.execute(
        text(_ABOVE, "SELECT api_key_id FROM above"), {"tenant_id": tenant_id, "api_key_id": api_key_id}
    )
    return set(rows.scalars())


async def budgeted_above(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId) -> ApiKeyId | None:
    """One of those that has a budget, the key itself first; None where none has."""
    rows = await tx.execute(
        text(
            _ABOVE,
            "SELECT api_key_id FROM above WHERE",
            _HAS_BUDGET.format("above"),
            "ORDER BY api_key_id <> :api_key_id, api_key_id LIMIT 1",
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id},
    )
    found: ApiKeyId | None = rows.scalar_one_or_none()
    return found


async def freed_by(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId) -> KeyBeside | None:
    """The key, where it has no budget now, can be used, and is below one that has: it spends beside that one's."""
    rows = await tx.execute(
        text(
            _ABOVE,
            """SELECT k.api_key_id, k.name FROM api_keys k
               WHERE k.tenant_id = :tenant_id AND k.api_key_id = :api_key_id AND k.revoked_at IS NULL
                 AND (k.expires_at IS NULL OR k.expires_at > now())
                 AND EXISTS (SELECT FROM above WHERE""",
            _HAS_BUDGET.format("above"),
            ") AND NOT",
            _HAS_BUDGET.format("k"),
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id},
    )
    row = rows.first()
    return value_of(KeyBeside, row) if row else None


async def beside_budget(tx: Transaction, tenant_id: TenantId, api_key_id: ApiKeyId, *, most: int) -> list[KeyBeside]:
    """Usable keys that were made or rotated with this one, or with one of those, and have no budget of their own."""
    rows = await tx.execute(
        text(
            _BELOW,
            """SELECT k.api_key_id, k.name FROM api_keys k
               WHERE k.tenant_id = :tenant_id AND k.api_key_id IN (SELECT api_key_id FROM below)
                 AND k.api_key_id <> :api_key_id AND k.revoked_at IS NULL
                 AND (k.expires_at IS NULL OR k.expires_at > now()) AND NOT""",
            _HAS_BUDGET.format("k"),
            "ORDER BY k.created_at, k.api_key_id LIMIT :most",
        ),
        {"tenant_id": tenant_id, "api_key_id": api_key_id, "most": most},
    )
    return [value_of(KeyBeside, row) for row in rows]
