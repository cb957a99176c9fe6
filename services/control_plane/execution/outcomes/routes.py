"""`/runs/{run_id}/steps/{name}/outcome`."""

from typing import Annotated

from fastapi import Path

from control_plane.dependencies import ApprovalDecider, Tx
from control_plane.execution.outcomes import service
from control_plane.execution.outcomes.schemas import NewOutcome, OutcomeView
from control_plane.rooms import RoomRouter
from foundation.contracts.steps.base import StepOrItemName
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/runs/{run_id}/steps/{name}/outcome", tags=["runs"])

StepOrItem = Annotated[StepOrItemName, Path(description="a step, or an item: `name[index]`")]


@router.post(
    "",
    summary="Decide what becomes of a step whose outcome is unknown, once",
    operation_id="decide_outcome",
    responses=refusals(404, 409, 413, 415),
)
async def decide(run_id: RunId, name: StepOrItem, body: NewOutcome, caller: ApprovalDecider, tx: Tx) -> OutcomeView:
    return await service.decide(tx, caller, run_id, name, body)
