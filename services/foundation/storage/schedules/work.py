"""Which schedules of any tenant have something to be done, and what their clock outside was told."""

from datetime import datetime

from foundation.domain.ids import ScheduleId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

Named = tuple[TenantId, ScheduleId]


async def with_work(tx: Transaction, *, as_of: datetime, due_since: datetime, most: int) -> list[Named]:
    """Those that were due at `due_since`, or whose firings may start at `as_of`, or whose runs have ended."""
    rows = await tx.execute(
        text("SELECT tenant_id, schedule_id FROM schedules_with_work(:as_of, :due_since, :most)"),
        {"as_of": as_of, "due_since": due_since, "most": most},
    )
    return [(TenantId(row.tenant_id), ScheduleId(row.schedule_id)) for row in rows]


async def to_tell(tx: Transaction, *, as_of: datetime, most: int) -> list[Named]:
    """Those of which the clock outside does not know the latest, and which nobody is about to tell it."""
    rows = await tx.execute(
        text("SELECT tenant_id, schedule_id FROM schedules_to_tell(:as_of, :most)"), {"as_of": as_of, "most": most}
    )
    return [(TenantId(row.tenant_id), ScheduleId(row.schedule_id)) for row in rows]


async def lease(
    tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, as_of: datetime, until: datetime
) -> bool:
    """Whether this process is to tell the clock, until then."""
    rows = await tx.execute(
        text(
            """UPDATE schedules SET clock_leased_until = :until
               WHERE tenant_id = :tenant_id AND schedule_id = :schedule_id AND clock_applied < clock_revision
                 AND (clock_leased_until IS NULL OR clock_leased_until < :as_of) RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "as_of": as_of, "until": until},
    )
    return rows.first() is not None


async def told(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, revision: int) -> None:
    """The clock knows this revision; a later one is told next."""
    await tx.execute(
        text(
            """UPDATE schedules SET clock_applied = GREATEST(clock_applied, :revision), clock_leased_until = NULL
               WHERE tenant_id = :tenant_id AND schedule_id = :schedule_id"""
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "revision": revision},
    )


async def forget_old(tx: Transaction, *, days: int, most: int) -> int:
    """Removes firings of all tenants that were decided so long ago, and schedules deleted then; how many they were."""
    rows = await tx.execute(
        text("SELECT forget_schedule_firings(CAST(:days AS int) * interval '1 day', :most) AS gone"),
        {"days": days, "most": most},
    )
    return int(rows.scalar_one())
