"""Accesses by which an operator reads what is a tenant's: opened with a reason, ended early or by their time."""

from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import BreakGlassId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Orders, PagePart, Pages, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

LONGEST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class BreakGlassAccess:
    """A row of `break_glass_accesses`; `operator` is the actor that alone may read by it."""

    tenant_id: TenantId
    access_id: BreakGlassId
    operator: str
    reason: str
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None


_COLUMNS = "tenant_id, access_id, operator, reason, opened_at, expires_at, ended_at, ended_by"

_AS_OF_NOW = (
    "tenant_id, access_id, operator, reason, opened_at, expires_at, ended_by,"
    " COALESCE(ended_at, CASE WHEN expires_at <= now() THEN expires_at END) AS ended_at"
)

PAGES = Pages(
    f"SELECT {_COLUMNS} FROM break_glass_accesses WHERE tenant_id = :tenant_id",  # noqa: S608 - columns written above
    orders=Orders({"opened_at": by_age("opened_at", "access_id")}, "-opened_at"),
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[BreakGlassAccess]:
    return [value_of(BreakGlassAccess, row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]


async def get(tx: Transaction, tenant_id: TenantId, access_id: BreakGlassId) -> BreakGlassAccess | None:
    rows = await tx.execute(
        text(
            f"SELECT {_COLUMNS} FROM break_glass_accesses"  # noqa: S608 - columns written above
            " WHERE tenant_id = :tenant_id AND access_id = :access_id"
        ),
        {"tenant_id": tenant_id, "access_id": access_id},
    )
    row = rows.first()
    return value_of(BreakGlassAccess, row) if row else None


async def find(tx: Transaction, access_id: BreakGlassId) -> BreakGlassAccess | None:
    """Of whatever tenant it is, by one function of the database; it has ended when its time is over, told or not."""
    rows = await tx.execute(
        text(f"SELECT {_AS_OF_NOW} FROM break_glass_access(:access_id)"),  # noqa: S608 - columns written above
        {"access_id": access_id},
    )
    row = rows.first()
    return value_of(BreakGlassAccess, row) if row else None


async def untold_of(tx: Transaction, tenant_id: TenantId, operator: str) -> BreakGlassAccess | None:
    """The operator's access to this tenant of which no end was told; it has ended when its time is over."""
    rows = await tx.execute(
        text(
            f"SELECT {_AS_OF_NOW} FROM break_glass_accesses"  # noqa: S608 - columns written above
            " WHERE tenant_id = :tenant_id AND operator = :operator AND ended_at IS NULL"
        ),
        {"tenant_id": tenant_id, "operator": operator},
    )
    row = rows.first()
    return value_of(BreakGlassAccess, row) if row else None


async def open_one(
    tx: Transaction, tenant_id: TenantId, access_id: BreakGlassId, *, operator: str, reason: str, minutes: int
) -> BreakGlassAccess | None:
    """None where the operator has an open one of this tenant already."""
    rows = await tx.execute(
        text(
            f"""INSERT INTO break_glass_accesses (tenant_id, access_id, operator, reason, expires_at)
                VALUES (:tenant_id, :access_id, :operator, :reason,
                        now() + CAST(:minutes AS int) * interval '1 minute')
                ON CONFLICT (tenant_id, operator) WHERE ended_at IS NULL DO NOTHING
                RETURNING {_COLUMNS}"""  # noqa: S608 - columns written above
        ),
        {
            "tenant_id": tenant_id,
            "access_id": access_id,
            "operator": operator,
            "reason": reason,
            "minutes": minutes,
        },
    )
    row = rows.first()
    return value_of(BreakGlassAccess, row) if row else None


async def end(tx: Transaction, tenant_id: TenantId, access_id: BreakGlassId, *, by: str) -> BreakGlassAccess | None:
    """As it has ended now, or when its time was over; None where it had ended before."""
    rows = await tx.execute(
        text(
            f"""UPDATE break_glass_accesses SET ended_at = least(now(), expires_at), ended_by = :by
                WHERE tenant_id = :tenant_id AND access_id = :access_id AND ended_at IS NULL
                RETURNING {_COLUMNS}"""  # noqa: S608 - columns written above
        ),
        {"tenant_id": tenant_id, "access_id": access_id, "by": by},
    )
    row = rows.first()
    return value_of(BreakGlassAccess, row) if row else None


async def to_end(tx: Transaction, *, as_of: datetime, most: int) -> list[tuple[TenantId, BreakGlassId]]:
    """Those of any tenant whose time is over, and whose end nobody has told yet."""
    rows = await tx.execute(
        text("SELECT tenant_id, access_id FROM break_glass_accesses_to_end(:as_of, :most)"),
        {"as_of": as_of, "most": most},
    )
    return [(TenantId(row.tenant_id), BreakGlassId(row.access_id)) for row in rows]
