"""Firings of schedules: each is there once, by its time, and says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import RunId, ScheduleId, TenantId
from foundation.domain.starts.schedules import FiringReason, FiringStatus, OpenRuns
from foundation.domain.states import RunStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class NewFiring:
    """A firing that begins to wait, or that was skipped from the first (`reason` with `detail`)."""

    fires_at: datetime
    starts_at: datetime | None = None
    reason: FiringReason | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Firing:
    """A firing as it stands; `run_status` is how its run has ended."""

    fires_at: datetime
    status: FiringStatus
    reason: FiringReason | None
    detail: str | None
    starts_at: datetime | None
    run_id: RunId | None
    run_status: RunStatus | None
    recorded_at: datetime
    decided_at: datetime | None


_COLUMNS = "fires_at, status, reason, detail, starts_at, run_id, run_status, recorded_at, decided_at"
_OF_SCHEDULE = "WHERE tenant_id = :tenant_id AND schedule_id = :schedule_id"


async def insert(
    tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, new: Sequence[NewFiring], *, now: datetime
) -> None:
    """A firing that is there already stays as it is."""
    if not new:
        return
    rows = [
        {
            "fires_at": one.fires_at.isoformat(),
            "starts_at": None if one.starts_at is None else one.starts_at.isoformat(),
            "reason": one.reason,
            "detail": one.detail,
        }
        for one in new
    ]
    await tx.execute(
        text(
            """INSERT INTO schedule_firings
                      (tenant_id, schedule_id, fires_at, status, reason, detail, starts_at, recorded_at, decided_at)
               SELECT :tenant_id, :schedule_id, f.fires_at,
                      CASE WHEN f.reason IS NULL THEN 'waiting' ELSE 'skipped' END, f.reason, f.detail,
                      f.starts_at, :now, CASE WHEN f.reason IS NULL THEN NULL ELSE :now END
               FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                    AS f(fires_at timestamptz, starts_at timestamptz, reason text, detail text)
               ON CONFLICT (tenant_id, schedule_id, fires_at) DO NOTHING"""
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "rows": jsonb(rows), "now": now},
    )


async def waiting(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, now: datetime) -> list[Firing]:
    """Those whose time has come, and those that stand behind an open run, in their order."""
    rows = await tx.execute(
        text(
            "SELECT",
            _COLUMNS,
            "FROM schedule_firings",
            _OF_SCHEDULE,
            """AND status = 'waiting' AND (starts_at IS NULL OR starts_at <= :now) ORDER BY fires_at""",
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "now": now},
    )
    return [value_of(Firing, row) for row in rows]


async def wake_queue(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId) -> None:
    """Those that stand behind an open run are looked at anew, as what is done about them may have changed."""
    await tx.execute(
        text(
            "UPDATE schedule_firings SET starts_at = now()",
            _OF_SCHEDULE,
            "AND status = 'waiting' AND starts_at IS NULL",
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id},
    )


async def stand_in_queue(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, fires_at: datetime) -> None:
    """Its jitter has passed; it is looked at again when a run of the schedule has ended."""
    await tx.execute(
        text("UPDATE schedule_firings SET starts_at = NULL", _OF_SCHEDULE, "AND fires_at = :fires_at"),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "fires_at": fires_at},
    )


async def started(
    tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, fires_at: datetime, *, run_id: RunId, now: datetime
) -> None:
    await tx.execute(
        text(
            "UPDATE schedule_firings SET status = 'started', run_id = :run_id, decided_at = :now",
            _OF_SCHEDULE,
            "AND fires_at = :fires_at",
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "fires_at": fires_at, "run_id": run_id, "now": now},
    )


async def skip(
    tx: Transaction,
    tenant_id: TenantId,
    schedule_id: ScheduleId,
    fires_at: datetime,
    *,
    reason: FiringReason,
    detail: str,
    now: datetime,
) -> None:
    await tx.execute(
        text(
            """UPDATE schedule_firings SET status = 'skipped', reason = :reason, detail = :detail, decided_at = :now""",
            _OF_SCHEDULE,
            "AND fires_at = :fires_at",
        ),
        {
            "tenant_id": tenant_id,
            "schedule_id": schedule_id,
            "fires_at": fires_at,
            "reason": reason,
            "detail": detail,
            "now": now,
        },
    )


async def see_ended(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId) -> list[RunStatus]:
    """How those runs ended of which it had not been seen, in the order in which they did."""
    rows = await tx.execute(
        text(
            """WITH seen AS (
                   UPDATE schedule_firings f SET run_status = r.status FROM runs r
                   WHERE f.tenant_id = :tenant_id AND f.schedule_id = :schedule_id AND f.run_status IS NULL
                     AND f.run_id IS NOT NULL AND r.tenant_id = f.tenant_id AND r.run_id = f.run_id
                     AND r.ended_at IS NOT NULL
                   RETURNING r.status, r.ended_at, f.fires_at)
               SELECT status FROM seen ORDER BY ended_at, fires_at"""
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id},
    )
    return [RunStatus(row.status) for row in rows]


async def open_runs(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId) -> OpenRuns:
    rows = await tx.execute(
        text(
            """SELECT count(*) AS count, COALESCE(bool_or(r.pause_reason = 'budget'), false) AS budget_spent
               FROM schedule_firings f JOIN runs r ON r.tenant_id = f.tenant_id AND r.run_id = f.run_id
               WHERE f.tenant_id = :tenant_id AND f.schedule_id = :schedule_id AND f.run_id IS NOT NULL
                 AND f.run_status IS NULL AND r.ended_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id},
    )
    return value_of(OpenRuns, rows.one())


PAGES = Pages(
    "SELECT",
    _COLUMNS,
    "FROM schedule_firings",
    _OF_SCHEDULE,
    orders=Orders({"fires_at": (Column("fires_at", Kind.MOMENT, "fires_at"),)}, "-fires_at"),
    filters={"status": "status = :status"},
)


async def page(
    tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, part: PagePart, *, status: FiringStatus | None = None
) -> list[Firing]:
    rows = await PAGES.read(tx, part, {"tenant_id": tenant_id, "schedule_id": schedule_id}, status=status)
    return [value_of(Firing, row) for row in rows]
