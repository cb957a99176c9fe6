"""`/tools`."""

from control_plane.definitions.tools import service
from control_plane.definitions.tools.schemas import ToolList, ToolView
from control_plane.dependencies import App, TaskReader, Tx
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/tools", tags=["tools"])


@router.get(
    "",
    summary="The tools that tasks may name: arguments, results, what repeating a call means, what it takes, its limits",
    operation_id="list_tools",
)
async def list_tools(caller: TaskReader, app: App, tx: Tx) -> ToolList:
    return ToolList(items=await service.all_tools(tx, app, caller))


@router.get("/{name}", summary="One tool", operation_id="get_tool", responses=refusals(404))
async def get_tool(name: str, caller: TaskReader, app: App, tx: Tx) -> ToolView:
    return await service.one_tool(tx, app, caller, name)
