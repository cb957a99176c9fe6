"""Tenants as their owners and the platform's operators see and change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A row of `tenants` without its settings."""

    tenant_id: TenantId
    name: str
    time_zone: str
    contact_email: str | None
    created_at: datetime
    suspended_at: datetime | None
    suspended_reason: str | None
    version: int


_COLUMNS = "tenant_id, name, time_zone, contact_email, created_at, suspended_at, suspended_reason, version"


async def insert(tx: Transaction, tenant_id: TenantId, *, name: str, time_zone: str, contact_email: str | None) -> None:
    """In a transaction of the new tenant."""
    await tx.execute(
        text(
            """INSERT INTO tenants (tenant_id, name, time_zone, contact_email)
               VALUES (:tenant_id, :name, :time_zone, :contact_email)"""
        ),
        {"tenant_id": tenant_id, "name": name, "time_zone": time_zone, "contact_email": contact_email},
    )


async def get(tx: Transaction, tenant_id: TenantId, *, lock: bool = False) -> TenantRecord | None:
    rows = await tx.execute(
        text(
            f"SELECT {_COLUMNS} FROM tenants WHERE tenant_id = :tenant_id",  # noqa: S608  # columns written above
            "FOR NO KEY UPDATE" if lock else "",
        ),
        {"tenant_id": tenant_id},
    )
    row = rows.first()
    return value_of(TenantRecord, row) if row else None


async def hold(tx: Transaction, tenant_id: TenantId) -> None:
    """What is counted of the tenant after this stays so until the transaction ends: who adds to it waits here too."""
    await tx.execute(
        text("SELECT FROM tenants WHERE tenant_id = :tenant_id FOR NO KEY UPDATE"), {"tenant_id": tenant_id}
    )


@dataclass(frozen=True, slots=True)
class HeldTenant:
    """Whether a tenant that is held is suspended, and why."""

    suspended: bool
    reason: str | None


async def held(tx: Transaction, tenant_id: TenantId) -> HeldTenant:
    """The same, for who has to know whether it is suspended."""
    rows = await tx.execute(
        text(
            """SELECT suspended_at IS NOT NULL AS suspended, suspended_reason AS reason FROM tenants
               WHERE tenant_id = :tenant_id FOR NO KEY UPDATE"""
        ),
        {"tenant_id": tenant_id},
    )
    return value_of(HeldTenant, rows.one())


async def update(tx: Transaction, tenant_id: TenantId, changed: Mapping[str, Any]) -> None:
    """Sets name, time zone and contact, each to what it is given or to what it was."""
    await tx.execute(
        text(
            """UPDATE tenants SET name = :name, time_zone = :time_zone, contact_email = :contact_email,
                      version = version + 1
               WHERE tenant_id = :tenant_id"""
        ),
        {"tenant_id": tenant_id, **changed},
    )


async def suspend(tx: Transaction, tenant_id: TenantId, *, reason: str) -> None:
    """Of one that is suspended already it changes the reason, and not since when it is."""
    await tx.execute(
        text(
            """UPDATE tenants SET suspended_at = COALESCE(suspended_at, now()), suspended_reason = :reason,
                      version = version + 1
               WHERE tenant_id = :tenant_id"""
        ),
        {"tenant_id": tenant_id, "reason": reason},
    )


async def restore(tx: Transaction, tenant_id: TenantId) -> None:
    await tx.execute(
        text(
            """UPDATE tenants SET suspended_at = NULL, suspended_reason = NULL, version = version + 1
               WHERE tenant_id = :tenant_id AND suspended_at IS NOT NULL"""
        ),
        {"tenant_id": tenant_id},
    )


ORDERS = Orders({"created_at": by_age("created_at", "tenant_id")}, "-created_at")


async def page(
    tx: Transaction, part: PagePart, *, name: str | None = None, suspended: bool | None = None
) -> list[TenantRecord]:
    """Of all tenants, by one function of the database, as no login sees them otherwise."""
    at, tenant_id = part.after or (None, None)
    rows = await tx.execute(
        text(
            f"""SELECT {_COLUMNS} FROM tenants_in_order(CAST(:at AS timestamptz), CAST(:tenant_id AS uuid),
                CAST(:name AS text), CAST(:suspended AS boolean), :limit, :newest_first)"""  # noqa: S608  # written above
        ),
        {
            "at": at,
            "tenant_id": tenant_id,
            "name": name,
            "suspended": suspended,
            "limit": part.limit,
            "newest_first": part.order.startswith("-"),
        },
    )
    return [value_of(TenantRecord, row) for row in rows]
