"""What can be done with schedules. Whoever makes or changes one vouches for it: its runs start with their rights."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from control_plane.execution.runs.submit import RunRequest, runnable_task
from control_plane.identity.callers import ApiCaller
from control_plane.integrations.schedules import schemas
from control_plane.integrations.schedules.schemas import NewSchedule, WholeScheduleView
from control_plane.requests.etags import require_version
from control_plane.scheduling.calendar import next_after, upcoming
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import BadRequest, Conflict, Fault, NotFound
from foundation.domain.ids import ScheduleId, TenantId, new_uuid
from foundation.domain.permissions import Permission
from foundation.domain.starts.schedules import Timing
from foundation.storage import tasks
from foundation.storage.people import audit, tenant_settings
from foundation.storage.people import members as memberships
from foundation.storage.schedules import firings, schedules
from foundation.storage.schedules.schedules import Schedule, ScheduleTerms
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected

MAX_SCHEDULES = 200
"""Of one tenant."""
SHOWN_FIRINGS = 5
_TIMINGS = ("cron", "every_seconds", "at")
_NULLABLE = {"task_version", *_TIMINGS}


async def create(tx: Transaction, caller: ApiCaller, wanted: NewSchedule) -> WholeScheduleView:
    await _vouch(tx, caller)
    now = datetime.now(UTC)
    members = wanted.model_dump()
    if wanted.time_zone is None:
        members["time_zone"] = await tenant_settings.time_zone(tx, caller.tenant_id)
    timing = _timing(members, anchor=now, now=now)
    change = _change(members, caller, timing, next_at=None if wanted.paused else next_after(timing, now))
    await _require_task(tx, caller, change)
    if await schedules.count(tx, caller.tenant_id) >= MAX_SCHEDULES:
        raise Conflict(f"the tenant has {MAX_SCHEDULES} schedules", remedy="delete one")
    made = await schedules.insert(tx, caller.tenant_id, ScheduleId(new_uuid()), change)
    await _record(tx, caller, "schedule.create", made, {"after": _shown(made)})
    return await whole(tx, caller.tenant_id, made)


async def get(tx: Transaction, caller: ApiCaller, schedule_id: ScheduleId, *, lock: bool = False) -> Schedule:
    schedule = await schedules.get(tx, caller.tenant_id, schedule_id, lock=lock)
    if schedule is None or schedule.deleted_at is not None:
        raise NotFound("there is no such schedule", remedy="GET /api/v1/schedules lists those of your tenant")
    return schedule


async def whole(tx: Transaction, tenant_id: TenantId, schedule: Schedule) -> WholeScheduleView:
    """The schedule with the firings around now."""
    coming: list[datetime] = []
    if schedule.next_at is not None:
        coming = [schedule.next_at, *upcoming(schedule.timing, schedule.next_at, most=SHOWN_FIRINGS - 1)]
    last = await firings.page(tx, tenant_id, schedule.schedule_id, firings.PAGES.orders.first(SHOWN_FIRINGS))
    return WholeScheduleView.whole(schedule, coming, last)


async def change(
    tx: Transaction,
    caller: ApiCaller,
    schedule_id: ScheduleId,
    wanted: schemas.ScheduleChange,
    *,
    expected: Expected,
) -> WholeScheduleView:
    """The schedule as it is now; from now on its runs start as the caller."""
    before = await _locked(tx, caller, schedule_id, expected)
    sent = wanted.model_dump(exclude_unset=True)
    if empty := sorted(name for name, value in sent.items() if value is None and name not in _NULLABLE):
        raise BadRequest(f"{', '.join(empty)} cannot be null", remedy="leave out what stays as it is")
    if not sent:
        return await whole(tx, caller.tenant_id, before)
    await _vouch(tx, caller)
    now = datetime.now(UTC)
    members = _merged(before, sent)
    retimed = bool(sent.keys() & {*_TIMINGS, "time_zone"})
    timing = _timing(members, anchor=now if "every_seconds" in sent else before.anchor, now=now if retimed else None)
    paused = members["paused"]
    # What has not been attended to yet is not forgotten because a name was changed.
    keeps = not retimed and not paused and not before.paused
    next_at = before.next_at if keeps else None if paused else next_after(timing, now)
    after_change = _change(members, caller, timing, next_at=next_at)
    if sent.keys() & {"task_id", "task_version"}:
        await _require_task(tx, caller, after_change)
    after = await schedules.change(tx, caller.tenant_id, schedule_id, after_change)
    await firings.wake_queue(tx, caller.tenant_id, schedule_id)
    await _record(tx, caller, "schedule.change", after, {"before": _shown(before), "after": _shown(after)})
    return await whole(tx, caller.tenant_id, after)


async def delete(tx: Transaction, caller: ApiCaller, schedule_id: ScheduleId, *, expected: Expected) -> None:
    """Its runs go on; firings that wait start none."""
    schedule = await _locked(tx, caller, schedule_id, expected)
    await schedules.delete(tx, caller.tenant_id, schedule_id)
    await firings.wake_queue(tx, caller.tenant_id, schedule_id)
    await _record(tx, caller, "schedule.delete", schedule, {"before": _shown(schedule)})


async def _locked(tx: Transaction, caller: ApiCaller, schedule_id: ScheduleId, expected: Expected) -> Schedule:
    schedule = await get(tx, caller, schedule_id, lock=True)
    require_version("schedule", schedule.version, expected)
    return schedule


def _merged(before: Schedule, sent: Mapping[str, Any]) -> dict[str, Any]:
    members = {name: getattr(before, name) for name in schemas.ScheduleChange.model_fields}
    if any(sent.get(name) is not None for name in _TIMINGS):
        members.update(dict.fromkeys(_TIMINGS))
    return {**members, **sent}


def _timing(members: Mapping[str, Any], *, anchor: datetime, now: datetime | None) -> Timing:
    """`now` is None where the timing stands as it was."""
    given = [name for name in _TIMINGS if members[name] is not None]
    if len(given) != 1:
        reason = f"send exactly one of cron, every_seconds and at; {' and '.join(given) or 'none of them'} would be set"
        raise BadRequest(reason, faults=tuple(Fault(f"/body/{name}", reason) for name in given[1:] or ("cron",)))
    at: datetime | None = members["at"]
    if at is not None:
        at = at.astimezone(UTC).replace(microsecond=0)
        if now is not None and at <= now:
            reason = "the moment has passed; send one that is still to come"
            raise BadRequest(reason, faults=(Fault("/body/at", reason),))
    return Timing(members["cron"], members["every_seconds"], at, members["time_zone"], anchor.replace(microsecond=0))


def _change(
    members: Mapping[str, Any], caller: ApiCaller, timing: Timing, *, next_at: datetime | None
) -> ScheduleTerms:
    names = ("name", "task_id", "task_version", "input", "overlap", "catch_up", "jitter_seconds", "paused")
    own = {name: members[name] for name in names}
    return ScheduleTerms(**own, timing=timing, runs_as=caller.user_id, by_key=caller.api_key_id, next_at=next_at)


async def _require_task(tx: Transaction, caller: ApiCaller, terms: ScheduleTerms) -> None:
    """`NotFound` or `Conflict`, as a start of a run would have it. Nobody archives the task meanwhile."""
    await tasks.keep(tx, caller.tenant_id, terms.task_id)
    await runnable_task(tx, caller, RunRequest(terms.task_id, terms.task_version, terms.input, Budget()))


async def _vouch(tx: Transaction, caller: ApiCaller) -> None:
    """Runs will start as the caller, who may start them, and stays a member meanwhile."""
    caller.require(Permission.RUNS_WRITE)
    await memberships.keep(tx, caller.tenant_id, caller.user_id)


def _shown(schedule: Schedule) -> dict[str, Any]:
    """As the audit keeps it: without its input, which may be private."""
    names = ("name", "task_version", "cron", "every_seconds", "time_zone", "overlap", "catch_up", "jitter_seconds")
    return {
        **{name: getattr(schedule, name) for name in names},
        "task_id": str(schedule.task_id),
        "at": None if schedule.at is None else schedule.at.isoformat(),
        "paused": schedule.paused,
        "runs_as": str(schedule.runs_as),
    }


async def _record(tx: Transaction, caller: ApiCaller, action: str, schedule: Schedule, detail: dict[str, Any]) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(schedule.schedule_id), detail=detail
    )
