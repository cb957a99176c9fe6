"""Schedules: what they start, when, and how they fare."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import ApiKeyId, ScheduleId, TaskId, TenantId, UserId
from foundation.domain.starts.schedules import CatchUp, Overlap, Timing
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, Portion, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """All that whoever may change a schedule decides about it, and what follows for its next firing."""

    name: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any]
    timing: Timing
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: int
    paused: bool
    runs_as: UserId
    by_key: ApiKeyId | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stands; `version` rises when somebody changes it, not with its firings."""

    schedule_id: ScheduleId
    name: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any]
    cron: str | None
    every_seconds: int | None
    at: datetime | None
    anchor: datetime
    time_zone: str
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: int
    paused: bool
    runs_as: UserId
    next_at: datetime | None
    failures: int
    failing_since: datetime | None
    clock_revision: int
    version: int
    created_by: UserId | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    by_key: ApiKeyId | None

    @property
    def timing(self) -> Timing:
        return Timing(self.cron, self.every_seconds, self.at, self.time_zone, self.anchor)


_COLUMNS = """schedule_id, name, task_id, task_version, input, cron, every_seconds, at, anchor, time_zone, overlap,
              catch_up, jitter_seconds, paused, runs_as, next_at, failures, failing_since, clock_revision, version,
              created_by, created_at, updated_at, deleted_at, by_key"""
_OF_ONE = "WHERE tenant_id = :tenant_id AND schedule_id = :schedule_id"


def _parameters(tenant_id: TenantId, schedule_id: ScheduleId, wanted: ScheduleTerms) -> dict[str, Any]:
    timing = wanted.timing
    return {
        "tenant_id": tenant_id,
        "schedule_id": schedule_id,
        "name": wanted.name,
        "task_id": wanted.task_id,
        "task_version": wanted.task_version,
        "input": jsonb(wanted.input),
        "cron": timing.cron,
        "every_seconds": timing.every_seconds,
        "at": timing.at,
        "anchor": timing.anchor,
        "time_zone": timing.time_zone,
        "overlap": wanted.overlap,
        "catch_up": wanted.catch_up,
        "jitter_seconds": wanted.jitter_seconds,
        "paused": wanted.paused,
        "runs_as": wanted.runs_as,
        "by_key": wanted.by_key,
        "next_at": wanted.next_at,
    }


async def insert(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, wanted: ScheduleTerms) -> Schedule:
    """Made by the member as whom its runs start."""
    row = await tx.execute(
        text(
            """INSERT INTO schedules (tenant_id, schedule_id, name, task_id, task_version, input, cron, every_seconds,
                                      at, anchor, time_zone, overlap, catch_up, jitter_seconds, paused, runs_as,
                                      next_at, created_by, by_key)
               VALUES (:tenant_id, :schedule_id, :name, :task_id, :task_version, CAST(:input AS jsonb), :cron,
                       :every_seconds, :at, :anchor, :time_zone, :overlap, :catch_up, :jitter_seconds, :paused,
                       :runs_as, :next_at, :runs_as, :by_key) RETURNING""",
            _COLUMNS,
        ),
        _parameters(tenant_id, schedule_id, wanted),
    )
    return value_of(Schedule, row.one())


async def change(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, wanted: ScheduleTerms) -> Schedule:
    """Replaces what whoever may change it decides; its clock is told, and its failures are counted anew."""
    row = await tx.execute(
        text(
            """UPDATE schedules
               SET name = :name, task_id = :task_id, task_version = :task_version, input = CAST(:input AS jsonb),
                   cron = :cron, every_seconds = :every_seconds, at = :at, anchor = :anchor, time_zone = :time_zone,
                   overlap = :overlap, catch_up = :catch_up, jitter_seconds = :jitter_seconds, paused = :paused,
                   runs_as = :runs_as, by_key = :by_key, next_at = :next_at, failures = 0, failing_since = NULL,
                   clock_revision = clock_revision + 1, version = version + 1, updated_at = now()""",
            _OF_ONE,
            "RETURNING",
            _COLUMNS,
        ),
        _parameters(tenant_id, schedule_id, wanted),
    )
    return value_of(Schedule, row.one())


async def pause_by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[Schedule]:
    """Those that somebody vouches for by one of these keys, and that fire: as they are now that they are paused."""
    rows = await tx.execute(
        text(
            """UPDATE schedules SET paused = true, next_at = NULL, clock_revision = clock_revision + 1,
                      version = version + 1, updated_at = now()
               WHERE tenant_id = :tenant_id AND by_key = ANY(:which) AND NOT paused AND deleted_at IS NULL RETURNING""",
            _COLUMNS,
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [value_of(Schedule, row) for row in rows]


async def delete(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId) -> None:
    """Its row stays until its clock knows, and its history until it is old."""
    await tx.execute(
        text(
            """UPDATE schedules SET deleted_at = now(), next_at = NULL, clock_revision = clock_revision + 1,
                      version = version + 1, updated_at = now()""",
            _OF_ONE,
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id},
    )


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many there are; further ones wait until this transaction has ended."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text("SELECT count(*) FROM schedules WHERE tenant_id = :tenant_id AND deleted_at IS NULL"),
        {"tenant_id": tenant_id},
    )
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, lock: bool = False) -> Schedule | None:
    """Also one that was deleted, whose history is still there."""
    statement = _GET_LOCKED if lock else _GET
    row = (await tx.execute(statement, {"tenant_id": tenant_id, "schedule_id": schedule_id})).first()
    return value_of(Schedule, row) if row else None


_GET = text("SELECT", _COLUMNS, "FROM schedules", _OF_ONE)
_GET_LOCKED = text("SELECT", _COLUMNS, "FROM schedules", _OF_ONE, "FOR NO KEY UPDATE")


# What is large is read only where it is shown.
_LARGE = {"input": "'{}'"}
_LISTED = ", ".join(
    f"CASE WHEN :with_{name} THEN {name} ELSE {_LARGE[name]} END AS {name}" if name in _LARGE else name
    for name in _COLUMNS.replace(",", "").split()
)
PAGES = Pages(
    "SELECT",
    _LISTED,
    "FROM schedules WHERE tenant_id = :tenant_id AND deleted_at IS NULL",
    orders=Orders({"created_at": by_age("created_at", "schedule_id")}, "-created_at"),
    filters={"task_id": "task_id = :task_id", "paused": "paused = :paused"},
    large={name: name for name in _LARGE},
)


async def page(
    tx: Transaction, tenant_id: TenantId, part: PagePart, *, task_id: TaskId | None, paused: bool | None
) -> Portion[Schedule]:
    """Without those that were deleted; inputs that are not read are empty."""
    return await PAGES.portion(
        tx, part, {"tenant_id": tenant_id}, partial(value_of, Schedule), task_id=task_id, paused=paused
    )


async def advance(tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, next_at: datetime | None) -> None:
    """Sets when it fires next. Where it never does again, its clock is told to forget it."""
    await tx.execute(
        text(
            """UPDATE schedules
               SET next_at = :next_at,
                   clock_revision = clock_revision
                                    + CASE WHEN CAST(:next_at AS timestamptz) IS NULL THEN 1 ELSE 0 END""",
            _OF_ONE,
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "next_at": next_at},
    )


async def count_failures(
    tx: Transaction, tenant_id: TenantId, schedule_id: ScheduleId, *, failures: int, now: datetime
) -> None:
    """How many there are in a row now."""
    await tx.execute(
        text(
            """UPDATE schedules SET failures = :failures,
                      failing_since = CASE WHEN CAST(:failures AS int) > 0 THEN COALESCE(failing_since, :now) END""",
            _OF_ONE,
        ),
        {"tenant_id": tenant_id, "schedule_id": schedule_id, "failures": failures, "now": now},
    )
