"""A tenant's secrets, closed: who takes them can write and list them, and only a worker reads the sealed text."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import TenantId, UserId
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
from foundation.storage.session.rows import value_of
from foundation.storage.session.seen import Expected, SeenTags, versions_of
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


PAGES = Pages(*_SELECT, orders=Orders({"name": (Column("name", Kind.TEXT, "name"),)}, "name"))


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[Secret]:
    return [value_of(Secret, row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]


async def get(tx: Transaction, tenant_id: TenantId, name: str) -> Secret | None:
    row = (
        await tx.execute(
            text(*_SELECT, "AND name = :name"),
            {"tenant_id": tenant_id, "name": name},
        )
    ).first()
    return value_of(Secret, row) if row else None


async def put(
    tx: Transaction,
    tenant_id: TenantId,
    name: str,
    *,
    hosts: list[str],
    sealed: str,
    by: UserId,
    only_new: bool = False,
) -> tuple[Secret, bool] | None:
    """Creates the secret, or replaces its value and raises its version; and whether it is new.

    None if that is not asked for. Its first version is 1, or the one after the last of a secret of its name that was
    deleted, as the database sees to; it also locks one that is there, so that it stays until it is replaced.
    """
    rows = await tx.execute(
        text(
            """INSERT INTO secrets (tenant_id, name, hosts, sealed, updated_by)
               VALUES (:tenant_id, :name, :hosts, :sealed, :by) ON CONFLICT (tenant_id, name) DO NOTHING""",
            *_RETURNING,
        ),
        {"tenant_id": tenant_id, "name": name, "hosts": hosts, "sealed": sealed, "by": by},
    )
    if (made := rows.first()) is not None:
        return value_of(Secret, made), True
    if only_new:
        return None
    replaced = await replace(tx, tenant_id, name, hosts=hosts, sealed=sealed, by=by, expected=SeenTags(None))
    return (replaced, False) if replaced else None


async def replace(
    tx: Transaction, tenant_id: TenantId, name: str, *, hosts: list[str], sealed: str, by: UserId, expected: SeenTags
) -> Secret | None:
    """Replaces the value at a version that was seen; None when the secret is at another, or not there."""
    row = (
        await tx.execute(
            text(
                """UPDATE secrets SET hosts = :hosts, sealed = :sealed, updated_by = :by, updated_at = now(),
                           version = version + 1
                    WHERE tenant_id = :tenant_id AND name = :name
                      AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected))""",
                *_RETURNING,
            ),
            {
                "tenant_id": tenant_id,
                "name": name,
                "hosts": hosts,
                "sealed": sealed,
                "by": by,
                "expected": expected.versions,
            },
        )
    ).first()
    return value_of(Secret, row) if row else None


async def remove(tx: Transaction, tenant_id: TenantId, name: str, *, expected: Expected) -> bool:
    """Whether it was there, at this version if one is expected."""
    removed = await tx.execute(
        text(
            "DELETE FROM secrets WHERE tenant_id = :tenant_id AND name = :name",
            " AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected)) RETURNING 1",
        ),
        {"tenant_id": tenant_id, "name": name, "expected": versions_of(expected)},
    )
    return removed.first() is not None


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many there are, with what this transaction has added; further ones wait until it has ended."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(text("SELECT count(*) FROM secrets WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id})
    return int(rows.scalar_one())


async def hosts_of(tx: Transaction, tenant_id: TenantId, names: Collection[str]) -> dict[str, list[str]]:
    """Where those of these secrets that are there may go; nobody deletes them until the transaction ends."""
    rows = await tx.execute(
        text(
            """SELECT name, hosts FROM secrets WHERE tenant_id = :tenant_id AND name = ANY(CAST(:names AS text[]))
               ORDER BY name FOR KEY SHARE"""
        ),
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
