"""`/runs/{id}/explain`."""

from control_plane.dependencies import RunReader, Tx
from control_plane.insight.explanations import service
from control_plane.insight.explanations.schemas import Explanation
from control_plane.rooms import RoomRouter
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/runs", tags=["runs"])


@router.get(
    "/{run_id}/explain",
    summary="Why a run is where it is: what it waits for, what blocks it, and what will end that",
    operation_id="explain_run",
    responses=refusals(404),
)
async def explain(run_id: RunId, caller: RunReader, tx: Tx) -> Explanation:
    return await service.explanation(tx, caller, run_id)
