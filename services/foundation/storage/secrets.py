"""A tenant's secrets, closed: who takes them can write and list them, and only a worker reads the sealed text."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import TenantId, UserId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Secret:
    """What is known of a secret without opening it; `version` rises with each value."""

    name: str
    hosts: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: UserId | None


_SHOWN = "name, hosts, version, created_at, updated_at, updated_by"
_SELECT = ("SELECT", _SHOWN, "FROM secrets WHERE tenant_id = :tenant_id")
_RETURNING = ("RETURNING", _SHOWN)


async def page(tx: Transaction, tenant_id: TenantId, *, limit: int, after: str | None) -> list[Secret]:
    """In the order of their names."""
    rows = await tx.execute(
        text(
            *_SELECT,
            "AND (CAST(:after AS text) IS NULL OR name > :after) ORDER BY name LIMIT :limit",
        ),
        {"tenant_id": tenant_id, "after": after, "limit": limit},
    )
    return [value_of(Secret, row) for row in rows]


async def get(tx: Transaction, tenant_id: TenantId, name: str) -> Secret | None:
    row = (
        await tx.execute(
            text(*_SELECT, "AND name = :name"),
            {"tenant_id": tenant_id, "name": name},
        )
    ).first()
    return value_of(Secret, row) if row else None


async def put(tx: Transaction, tenant_id: TenantId, name: str, *, hosts: list[str], sealed: str, by: UserId) -> Secret:
    """Creates the secret at version 1, or replaces its value and raises its version.

    It names no column of `EXCLUDED`, because that takes the right to read the column.
    """
    row = await tx.execute(
        text(
            """INSERT INTO secrets (tenant_id, name, hosts, sealed, updated_by)
                VALUES (:tenant_id, :name, :hosts, :sealed, :by)
                ON CONFLICT (tenant_id, name) DO UPDATE
                SET hosts = :hosts, sealed = :sealed, updated_by = :by,
                    updated_at = now(), version = secrets.version + 1""",
            *_RETURNING,
        ),
        {"tenant_id": tenant_id, "name": name, "hosts": hosts, "sealed": sealed, "by": by},
    )
    return value_of(Secret, row.one())


async def replace(
    tx: Transaction, tenant_id: TenantId, name: str, *, hosts: list[str], sealed: str, by: UserId, expected: int
) -> Secret | None:
    """Replaces the value at exactly this version; None when the secret is at another, or not there."""
    row = (
        await tx.execute(
            text(
                """UPDATE secrets SET hosts = :hosts, sealed = :sealed, updated_by = :by, updated_at = now(),
                           version = version + 1
                    WHERE tenant_id = :tenant_id AND name = :name AND version = :expected""",
                *_RETURNING,
            ),
            {"tenant_id": tenant_id, "name": name, "hosts": hosts, "sealed": sealed, "by": by, "expected": expected},
        )
    ).first()
    return value_of(Secret, row) if row else None


async def remove(tx: Transaction, tenant_id: TenantId, name: str, *, expected: int | None) -> bool:
    """Whether it was there, at this version if one is expected."""
    removed = await tx.execute(
        text(
            "DELETE FROM secrets WHERE tenant_id = :tenant_id AND name = :name",
            " AND (CAST(:expected AS bigint) IS NULL OR version = :expected) RETURNING 1",
        ),
        {"tenant_id": tenant_id, "name": name, "expected": expected},
    )
    return removed.first() is not None


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    rows = await tx.execute(text("SELECT count(*) FROM secrets WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id})
    return int(rows.scalar_one())


async def hosts_of(tx: Transaction, tenant_id: TenantId, names: Collection[str]) -> dict[str, list[str]]:
    """Where those of these secrets that are there may go."""
    rows = await tx.execute(
        text("SELECT name, hosts FROM secrets WHERE tenant_id = :tenant_id AND name = ANY(CAST(:names AS text[]))"),
        {"tenant_id": tenant_id, "names": list(names)},
    )
    return {row.name: row.hosts for row in rows}


async def sealed_values(tx: Transaction, tenant_id: TenantId, names: Collection[str]) -> dict[str, str]:
    """The sealed texts of those of these secrets that are there."""
    rows = await tx.execute(
        text("SELECT name, sealed FROM secrets WHERE tenant_id = :tenant_id AND name = ANY(CAST(:names AS text[]))"),
        {"tenant_id": tenant_id, "names": list(names)},
    )
    return {row.name: row.sealed for row in rows}
