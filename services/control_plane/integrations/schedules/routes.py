"""`/schedules`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import IfMatch, ScheduleReader, ScheduleWriter, Tx
from control_plane.integrations.schedules import service
from control_plane.integrations.schedules.schemas import (
    FiringView,
    NewSchedule,
    ScheduleChange,
    ScheduleView,
    WholeScheduleView,
)
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.once import once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ScheduleId, TaskId
from foundation.domain.starts.schedules import FiringStatus
from foundation.http.openapi import refusals
from foundation.storage.schedules import firings, schedules
from foundation.storage.schedules.firings import Firing
from foundation.storage.schedules.schedules import Schedule

router = RoomRouter(prefix="/schedules", tags=["schedules"])

_LARGE = tuple(schedules.PAGES.large)
_SCHEDULES = ListOf[Schedule]("schedules", ScheduleView, schedules.PAGES.orders, on_request=_LARGE, large=_LARGE)
_FIRINGS = ListOf[Firing]("firings", FiringView, firings.PAGES.orders)


def _with_tag(response: Response, schedule: WholeScheduleView) -> WholeScheduleView:
    response.headers["ETag"] = etag(schedule.version)
    return schedule


@router.post(
    "",
    status_code=201,
    summary="Have runs of a task started by the clock",
    operation_id="create_schedule",
    responses={**repeated(WholeScheduleView), **refusals(404, 409, 413, 415, 422)},
)
@once()
async def create(body: NewSchedule, response: Response, caller: ScheduleWriter, tx: Tx) -> WholeScheduleView:
    schedule = await service.create(tx, caller, body)
    response.headers["Location"] = f"/api/v1/schedules/{schedule.id}"
    return _with_tag(response, schedule)


@router.get(
    "",
    summary="The tenant's schedules, newest first; their inputs where `fields` names them",
    operation_id="list_schedules",
    responses=refusals(422),
    response_model=_SCHEDULES.page,
)
async def list_schedules(
    caller: ScheduleReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_SCHEDULES)],
    task_id: Annotated[TaskId | None, Query()] = None,
    paused: Annotated[bool | None, Query()] = None,
) -> Response:
    rows = await schedules.page(tx, caller.tenant_id, asked.part, task_id=task_id, paused=paused)
    return _SCHEDULES.answer(rows, asked, ScheduleView.of)


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
    if_match: IfMatch,
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
async def delete(schedule_id: ScheduleId, caller: ScheduleWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.delete(tx, caller, schedule_id, expected=expected_version(if_match))


@router.get(
    "/{schedule_id}/firings",
    summary="The firings of a schedule and what became of each, latest first",
    operation_id="list_schedule_firings",
    responses=refusals(404, 422),
    response_model=_FIRINGS.page,
)
async def list_firings(
    schedule_id: ScheduleId,
    caller: ScheduleReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_FIRINGS)],
    status: FiringStatus | None = None,
) -> Response:
    await service.get(tx, caller, schedule_id)
    rows = await firings.page(tx, caller.tenant_id, schedule_id, asked.part, status=status)
    return _FIRINGS.answer(rows, asked, FiringView.of)
