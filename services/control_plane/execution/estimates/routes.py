"""`/tasks/{task_id}/estimate`."""

from control_plane.dependencies import App, RunWriter
from control_plane.execution.estimates import service
from control_plane.execution.estimates.schemas import EstimateRun, EstimateView
from control_plane.rooms import RoomRouter
from foundation.domain.ids import TaskId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/tasks/{task_id}/estimate", tags=["tasks"])


@router.post(
    "",
    summary="What a run of the task may cost and how long it may take, before it is started",
    operation_id="estimate_run",
    responses=refusals(404, 409, 413, 415, 429),
)
async def estimate(task_id: TaskId, body: EstimateRun, caller: RunWriter, app: App) -> EstimateView:
    return await service.estimate(app, caller, task_id, body)
