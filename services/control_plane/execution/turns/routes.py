"""`/runs/{run_id}/steps/{name}/turns`."""

from typing import Annotated

from fastapi import Depends, Path, Response

from control_plane.dependencies import RunReader, Tx
from control_plane.execution.turns import service
from control_plane.execution.turns.schemas import TurnView
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.contracts.steps.base import StepOrItemName
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals
from foundation.storage.execution.told import turns
from foundation.storage.execution.told.turns import ToldTurn

router = RoomRouter(prefix="/runs/{run_id}/steps/{name}/turns", tags=["runs"])

MAX_TURN = 2**31 - 1

_LARGE = tuple(turns.PAGES.large)
_TURNS = ListOf[ToldTurn]("turns", TurnView, turns.PAGES.orders, on_request=_LARGE, large=_LARGE)
StepOrItem = Annotated[
    StepOrItemName, Path(description="the name of a step; name[index] for an item of one with foreach")
]


@router.get(
    "",
    summary="The turns of a step, oldest first; requests and answers where `fields` names them",
    operation_id="list_step_turns",
    response_model=_TURNS.page,
    responses=refusals(404, 422),
)
async def list_turns(
    run_id: RunId, name: StepOrItem, caller: RunReader, tx: Tx, asked: Annotated[ListRequest, Depends(_TURNS)]
) -> Response:
    run, rows = await service.page(tx, caller, run_id, name, asked.part)
    return _TURNS.answer(rows, asked, lambda turn: TurnView.of(turn, run.expired()))


@router.get(
    "/{turn}",
    summary="A turn, with what was asked and what was answered",
    operation_id="get_step_turn",
    responses=refusals(404),
)
async def get(
    run_id: RunId, name: StepOrItem, turn: Annotated[int, Path(ge=0, le=MAX_TURN), IN_DIGITS], caller: RunReader, tx: Tx
) -> TurnView:
    run, found = await service.get(tx, caller, run_id, name, turn)
    return TurnView.of(found, run.expired())
