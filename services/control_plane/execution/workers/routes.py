"""`/workers`."""

from control_plane.dependencies import App, Overseer
from control_plane.execution.workers import service
from control_plane.execution.workers.schemas import WorkerList
from control_plane.rooms import RoomRouter

router = RoomRouter(prefix="/workers", tags=["operations"])


@router.get(
    "",
    summary="Workers that live: all for operators, those that hold its steps for a tenant's administrators",
    operation_id="list_workers",
)
async def list_workers(caller: Overseer, app: App) -> WorkerList:
    items = await service.visible(app, caller)
    return WorkerList(count=len(items), items=items)
