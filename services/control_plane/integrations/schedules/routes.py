"""`/schedules`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from control_plane.dependencies import IfMatch, Paging, ScheduleReader, ScheduleWriter, Tx
from control_plane.integrations.schedules import service
from control_plane.integrations.schedules.schemas import (
    FiringView,
    NewSchedule,
    ScheduleChange,
    ScheduleView,
    WholeScheduleView,
)
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.paging import Listing, Page, moment
from foundation.domain.ids import ScheduleId, TaskId
from foundation.domain.starts.schedules import FiringStatus
from foundation.http.openapi import refusals
from foundation.storage.schedules import firings, schedules
from foundation.storage.schedules.firings import Firing
from foundation.storage.schedules.schedules import Schedule

router = APIRouter(prefix="/schedules", tags=["schedules"])

_SCHEDULES = Listing[Schedule](
    "schedules", lambda schedule: (schedule.created_at, schedule.schedule_id), kinds=(moment, UUID)
)
_FIRINGS = Listing[Firing]("firings", lambda firing: (firing.fires_at,), kinds=(moment,))


def _with_tag(response: Response, schedule: WholeScheduleView) -> WholeScheduleView:
    response.headers["ETag"] = etag(schedule.version)
    return schedule


@router.post(
    "",
    status_code=201,
    summary="Have runs of a task started by the clock",
    operation_id="create_schedule",
    responses=refusals(404, 409, 413, 415),
)
async def create(body: NewSchedule, response: Response, caller: ScheduleWriter, tx: Tx) -> WholeScheduleView:
    schedule = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/schedules/{schedule.id}"
    return _with_tag(response, schedule)


@router.get("", summary="The tenant's schedules, newest first", operation_id="list_schedules")
async def list_schedules(
    caller: ScheduleReader,
    tx: Tx,
    paging: Paging,
    task_id: Annotated[TaskId | None, Query()] = None,
    paused: Annotated[bool | None, Query()] = None,
) -> Page[ScheduleView]:
    rows = await schedules.page(
        tx, caller.tenant_id, limit=paging.rows, after=_SCHEDULES.after(paging), task_id=task_id, paused=paused
    )
    page, next_cursor = _SCHEDULES.cut(rows, paging)
    return Page(items=[ScheduleView.of(schedule) for schedule in page], next_cursor=next_cursor)


@router.get(
    "/{schedule_id}",
    summary="One schedule, with its next and its last firings",
    operation_id="get_schedule",
    responses=refusals(404),
)
async def get(schedule_id: ScheduleId, response: Response, caller: ScheduleReader, tx: Tx) -> WholeScheduleView:
    schedule = await service.get(tx, caller, schedule_id)
    return _with_tag(response, await service.whole(tx, caller.tenant_id, schedule))


@router.patch(
    "/{schedule_id}",
    summary="Change a schedule, pause it, or wake it; its runs start as you from then on",
    operation_id="change_schedule",
    responses=refusals(404, 409, 412, 413, 415),
)
async def change(
    schedule_id: ScheduleId,
    body: ScheduleChange,
    response: Response,
    caller: ScheduleWriter,
    tx: Tx,
    if_match: IfMatch = None,
) -> WholeScheduleView:
    changed = await service.change(tx, caller, schedule_id, body, expected=expected_version(if_match))
    return _with_tag(response, changed)


@router.delete(
    "/{schedule_id}",
    status_code=204,
    summary="Delete a schedule; the runs that it has started go on",
    operation_id="delete_schedule",
    responses=refusals(404, 412),
)
async def delete(schedule_id: ScheduleId, caller: ScheduleWriter, tx: Tx, if_match: IfMatch = None) -> None:
    await service.delete(tx, caller, schedule_id, expected=expected_version(if_match))


@router.get(
    "/{schedule_id}/firings",
    summary="The firings of a schedule and what became of each, latest first",
    operation_id="list_schedule_firings",
    responses=refusals(404),
)
async def list_firings(
    schedule_id: ScheduleId, caller: ScheduleReader, tx: Tx, paging: Paging, status: FiringStatus | None = None
) -> Page[FiringView]:
    await service.get(tx, caller, schedule_id)
    rows = await firings.page(
        tx, caller.tenant_id, schedule_id, limit=paging.rows, after=_FIRINGS.after(paging), status=status
    )
    page, next_cursor = _FIRINGS.cut(rows, paging)
    return Page(items=[FiringView.of(firing) for firing in page], next_cursor=next_cursor)
