"""`/runs/{run_id}/times`."""

from control_plane.dependencies import Paging, RunReader, Tx
from control_plane.insight.durations import service
from control_plane.insight.durations.schemas import StepTimes
from control_plane.requests.lists.paging import Listing, Page
from control_plane.rooms import RoomRouter
from foundation.contracts.steps.base import MAX_STEPS
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals
from foundation.storage.execution.times.step_stamps import TimedStep

router = RoomRouter(prefix="/runs/{run_id}/times", tags=["runs"])


def _position(text: str) -> int:
    position = int(text)
    if not 0 <= position < MAX_STEPS:
        raise ValueError("no step has this position")
    return position


_TIMES = Listing[tuple[TimedStep, StepTimes]]("times", lambda row: (row[0].position,), kinds=(_position,))


@router.get(
    "",
    summary="What the time of each step went by: needs, queue, wait, model, tool, platform",
    operation_id="list_step_times",
    responses=refusals(404, 410),
)
async def list_times(run_id: RunId, caller: RunReader, tx: Tx, paging: Paging) -> Page[StepTimes]:
    after = _TIMES.after(paging)
    rows = await service.page(tx, caller, run_id, limit=paging.rows, after=after[0] if after else None)
    page, next_cursor = _TIMES.cut(rows, paging)
    return Page(items=[times for _, times in page], next_cursor=next_cursor)
