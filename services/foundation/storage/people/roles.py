"""The roles that a tenant has made for itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg import IntegrityError
from psycopg.errors import ForeignKeyViolation

from foundation.domain.errors import Conflict
from foundation.domain.ids import RoleId, TenantId
from foundation.domain.permissions import Permission, known_permissions
from foundation.domain.words.quoting import quoted
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
from foundation.storage.session.statements import text
from foundation.storage.session.transaction import Row


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A row of `roles`, and how many members have it."""

    role_id: RoleId
    name: str
    description: str
    permissions: frozenset[Permission]
    members: int
    version: int
    created_at: datetime
    updated_at: datetime


_SELECT = """
    SELECT r.role_id, r.name, r.description, r.permissions, r.version, r.created_at, r.updated_at,
           (SELECT count(*) FROM memberships m WHERE m.tenant_id = r.tenant_id AND m.role_id = r.role_id) AS members
    FROM roles r WHERE r.tenant_id = :tenant_id
"""


def _of(row: Row) -> OwnRole:
    return OwnRole(
        role_id=RoleId(row.role_id),
        name=row.name,
        description=row.description,
        permissions=known_permissions(row.permissions),
        members=row.members,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _taken(name: str) -> Conflict:
    return Conflict(f"a role of the tenant is named {quoted(name)} already", remedy="choose another name")


async def insert(
    tx: Transaction,
    tenant_id: TenantId,
    role_id: RoleId,
    *,
    name: str,
    description: str,
    permissions: Collection[Permission],
) -> None:
    """`Conflict` when the tenant has a role of this name; the transaction is lost then."""
    try:
        await tx.execute(
            text(
                """INSERT INTO roles (tenant_id, role_id, name, description, permissions)
                   VALUES (:tenant_id, :role_id, :name, :description, CAST(:permissions AS text[]))"""
            ),
            {
                "tenant_id": tenant_id,
                "role_id": role_id,
                "name": name,
                "description": description,
                "permissions": sorted(permissions),
            },
        )
    except IntegrityError as error:
        raise _taken(name) from error


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many roles the tenant has made. The tenant's row is locked, so that two that begin at once are counted."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(text("SELECT count(*) FROM roles WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id})
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, role_id: RoleId) -> OwnRole | None:
    rows = await tx.execute(text(_SELECT, "AND r.role_id = :role_id"), {"tenant_id": tenant_id, "role_id": role_id})
    row = rows.first()
    return _of(row) if row else None


async def names(tx: Transaction, tenant_id: TenantId, which: Collection[str]) -> list[tuple[RoleId, str]]:
    """Of those that are there."""
    rows = await tx.execute(
        text(
            """SELECT role_id, name FROM roles
               WHERE tenant_id = :tenant_id AND role_id::text = ANY(:which) ORDER BY role_id"""
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [(RoleId(row.role_id), row.name) for row in rows]


async def locked(tx: Transaction, tenant_id: TenantId, role_id: RoleId) -> OwnRole | None:
    """The role, which nobody else changes, gives or takes until the transaction ends."""
    rows = await tx.execute(
        text(_SELECT, "AND r.role_id = :role_id FOR UPDATE OF r"), {"tenant_id": tenant_id, "role_id": role_id}
    )
    row = rows.first()
    return _of(row) if row else None


async def shared(tx: Transaction, tenant_id: TenantId, role_id: RoleId) -> OwnRole | None:
    """The role, which others may give as well but nobody changes until the transaction ends."""
    rows = await tx.execute(
        text(_SELECT, "AND r.role_id = :role_id FOR SHARE OF r"), {"tenant_id": tenant_id, "role_id": role_id}
    )
    row = rows.first()
    return _of(row) if row else None


async def update(
    tx: Transaction,
    tenant_id: TenantId,
    role_id: RoleId,
    *,
    name: str,
    description: str,
    permissions: Collection[Permission],
) -> None:
    """`Conflict` when another role of the tenant has the name; the transaction is lost then."""
    try:
        await tx.execute(
            text(
                """UPDATE roles SET name = :name, description = :description, updated_at = now(), version = version + 1,
                          permissions = CAST(:permissions AS text[])
                   WHERE tenant_id = :tenant_id AND role_id = :role_id"""
            ),
            {
                "tenant_id": tenant_id,
                "role_id": role_id,
                "name": name,
                "description": description,
                "permissions": sorted(permissions),
            },
        )
    except IntegrityError as error:
        raise _taken(name) from error


async def delete(tx: Transaction, tenant_id: TenantId, role_id: RoleId) -> bool:
    """False when somebody has it, or is invited to it; the transaction is lost then.

    Invitations to it that are over go with it; the audit has them.
    """
    await tx.execute(
        text(
            """DELETE FROM invitations WHERE tenant_id = :tenant_id AND role_id = :role_id
               AND (accepted_at IS NOT NULL OR revoked_at IS NOT NULL OR expires_at <= now())"""
        ),
        {"tenant_id": tenant_id, "role_id": role_id},
    )
    try:
        await tx.execute(
            text("DELETE FROM roles WHERE tenant_id = :tenant_id AND role_id = :role_id"),
            {"tenant_id": tenant_id, "role_id": role_id},
        )
    except ForeignKeyViolation:
        return False
    return True


PAGES = Pages(
    _SELECT,
    orders=Orders({"name": (Column("r.name", Kind.TEXT, "name"),)}, "name"),
    filters={"holding": ":holding = ANY(r.permissions)"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, part: PagePart, *, holding: Permission | None = None
) -> list[OwnRole]:
    """Those that hold a permission where one is given."""
    return [_of(row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id}, holding=holding)]
