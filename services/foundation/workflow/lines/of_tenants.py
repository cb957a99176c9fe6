"""How much of each tenant runs and waits, as operators see it: by numbers, since resources have tenants' own names."""

from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TenantsLine:
    """A tenant of which steps run or stand in line: how many, for what, and since when the first of them does."""

    tenant_id: TenantId
    running: int
    waiting_for_slots: int
    waiting_for_resources: int
    waiting_since: datetime | None


ORDERS = Orders({"tenant_id": (Column("tenant_id", Kind.ID, "tenant_id"),)}, "tenant_id")


async def page(tx: Transaction, part: PagePart, *, tenant_id: TenantId | None) -> list[TenantsLine]:
    """In a transaction across tenants, by a function of the database; only those of which something runs or waits."""
    (after,) = part.after or (None,)
    rows = await tx.execute(
        text("SELECT * FROM tenants_in_line(CAST(:after AS uuid), CAST(:tenant_id AS uuid), :limit, :descending)"),
        {
            "after": after,
            "tenant_id": tenant_id,
            "limit": part.limit,
            "descending": part.order.startswith("-"),
        },
    )
    return [value_of(TenantsLine, row) for row in rows]
