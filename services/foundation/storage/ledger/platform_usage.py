"""The usage of all tenants from the ledger, those included that have left, grouped by dimensions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from foundation.domain.ids import TenantId
from foundation.storage.ledger.usage import Dimension, UsageGroup, UsageSums
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text

PlatformDimension = Literal[Dimension.TENANT, Dimension.PROVIDER, Dimension.MODEL, Dimension.DAY]
"""What of a tenant's calls its operator counts: no user, no run, no task of it."""

_COLUMN: Mapping[Dimension, str] = {
    Dimension.TENANT: "tenant_id::text",
    Dimension.PROVIDER: "provider",
    Dimension.MODEL: "model",
    Dimension.DAY: "event_day::text",
}
_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in UsageSums.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class PlatformFilter:
    """Days of each tenant's own calendar, both included; None for every tenant, provider or model."""

    first_day: date
    last_day: date
    tenant_id: TenantId | None
    provider: str | None
    model: str | None


async def page(
    tx: Transaction,
    *,
    by: Sequence[PlatformDimension],
    wanted: PlatformFilter,
    limit: int,
    after: tuple[str, ...] | None,
) -> list[UsageGroup]:
    """The groups in the order of the dimensions' values; `after` is where the page before ended."""
    rows = await tx.execute(
        text(
            "SELECT * FROM (SELECT ARRAY[",
            ", ".join(_COLUMN[one] for one in by),
            "] AS group_values,",
            _SUMS,
            """FROM usage_of_tenants(:first_day, :last_day, :tenant_id, :provider, :model) GROUP BY 1) g
               WHERE CAST(:after AS text[]) IS NULL OR g.group_values > CAST(:after AS text[]) COLLATE "C"
               ORDER BY g.group_values COLLATE "C" LIMIT :limit""",
        ),
        {
            "first_day": wanted.first_day,
            "last_day": wanted.last_day,
            "tenant_id": wanted.tenant_id,
            "provider": wanted.provider,
            "model": wanted.model,
            "after": None if after is None else list(after),
            "limit": limit,
        },
    )
    return [UsageGroup(tuple(row.group_values), value_of(UsageSums, row)) for row in rows]
