"""Service accounts: members of a tenant that are no people, and have keys alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg import IntegrityError

from foundation.domain.errors import Conflict
from foundation.domain.ids import ApiKeyId, TenantId, UserId
from foundation.domain.permissions import Grant
from foundation.domain.words.quoting import quoted
from foundation.storage.people import members, tenants
from foundation.storage.people.tenancy import GRANTED, grant_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A row of `service_accounts` with its membership's grant."""

    user_id: UserId
    name: str
    description: str
    grant: Grant
    keys: int
    created_by: UserId | None
    created_at: datetime
    by_key: ApiKeyId | None
    version: int


_SELECT = f"""
    SELECT s.user_id, s.name, s.description, s.created_by, s.created_at, s.by_key, m.version, {GRANTED},
           (SELECT count(*) FROM api_keys k WHERE k.tenant_id = s.tenant_id AND k.user_id = s.user_id
              AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS keys
    FROM service_accounts s JOIN memberships m USING (tenant_id, user_id)
    LEFT JOIN roles own ON own.tenant_id = m.tenant_id AND own.role_id = m.role_id
    WHERE s.tenant_id = :tenant_id
"""  # noqa: S608  # of columns that are written beside `grant_of`


def _of(row: Row) -> ServiceAccount:
    return ServiceAccount(
        user_id=UserId(row.user_id),
        name=row.name,
        description=row.description,
        grant=grant_of(row),
        keys=row.keys,
        created_by=row.created_by,
        created_at=row.created_at,
        by_key=row.by_key,
        version=row.version,
    )


async def insert(
    tx: Transaction,
    tenant_id: TenantId,
    user_id: UserId,
    *,
    name: str,
    description: str,
    grant: Grant,
    by: UserId,
    by_key: ApiKeyId | None,
) -> None:
    """`Conflict` when the tenant has a service account of this name; the transaction is lost then."""
    values = {
        "tenant_id": tenant_id,
        "user_id": user_id,
        "name": name,
        "description": description,
        "role": grant.role,
        "role_id": grant.role_id,
        "by": by,
        "by_key": by_key,
    }
    try:
        for statement in (
            "INSERT INTO users (user_id) VALUES (:user_id)",
            """INSERT INTO memberships (tenant_id, user_id, role, role_id)
               VALUES (:tenant_id, :user_id, :role, :role_id)""",
            """INSERT INTO service_accounts (tenant_id, user_id, name, description, created_by, by_key)
               VALUES (:tenant_id, :user_id, :name, :description, :by, :by_key)""",
        ):
            await tx.execute(text(statement), values)
    except IntegrityError as error:
        raise Conflict(f"a service account is named {quoted(name)} already", remedy="choose another name") from error


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many the tenant has. The tenant's row is locked, so that two that begin at once are counted."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text("SELECT count(*) FROM service_accounts WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, user_id: UserId, *, lock: bool = False) -> ServiceAccount | None:
    rows = await tx.execute(
        text(_SELECT, "AND s.user_id = :user_id", "FOR NO KEY UPDATE OF m" if lock else ""),
        {"tenant_id": tenant_id, "user_id": user_id},
    )
    row = rows.first()
    return _of(row) if row else None


async def by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[ServiceAccount]:
    """Those that were made with one of these keys, locked."""
    rows = await tx.execute(
        text(_SELECT, "AND s.by_key = ANY(:which) ORDER BY s.user_id FOR NO KEY UPDATE OF m"),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [_of(row) for row in rows]


async def update(tx: Transaction, tenant_id: TenantId, user_id: UserId, *, name: str, description: str) -> None:
    """Its version is that of its membership."""
    values = {"tenant_id": tenant_id, "user_id": user_id, "name": name, "description": description}
    for statement in (
        """UPDATE service_accounts SET name = :name, description = :description
           WHERE tenant_id = :tenant_id AND user_id = :user_id""",
        "UPDATE memberships SET version = version + 1 WHERE tenant_id = :tenant_id AND user_id = :user_id",
    ):
        await tx.execute(text(statement), values)


async def delete(tx: Transaction, tenant_id: TenantId, user_id: UserId) -> None:
    """Its membership goes, and its keys and open invitations with it; what it did stays under its id."""
    await members.delete(tx, tenant_id, user_id)


PAGES = Pages(_SELECT, orders=Orders({"created_at": by_age("created_at", "user_id", of="s")}, "-created_at"))


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[ServiceAccount]:
    return [_of(row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]
