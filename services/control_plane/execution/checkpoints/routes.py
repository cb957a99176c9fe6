"""`/runs/{run_id}/steps/{name}/checkpoints`."""

from typing import Annotated

from fastapi import Depends, Path, Response

from control_plane.dependencies import CheckpointDeleter, RunReader, RunWriter, Tx
from control_plane.execution.checkpoints import service
from control_plane.execution.checkpoints.schemas import CheckpointPage, CheckpointView, Conversation, Verification
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.path_ids import id_in_path
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.contracts.steps.base import StepOrItemName
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals
from foundation.storage.execution.checkpoints import listing
from foundation.storage.execution.checkpoints.listing import CheckpointRow

router = RoomRouter(prefix="/runs/{run_id}/steps/{name}/checkpoints", tags=["checkpoints"])

MAX_TURN = 2**31 - 1


_CHECKPOINTS = ListOf[CheckpointRow]("checkpoints", CheckpointView, listing.ORDERS, page=CheckpointPage)
StepOrItem = Annotated[
    StepOrItemName, Path(description="the name of a step; name[index] for an item of one with foreach")
]
Turn = Annotated[int, Path(ge=0, le=MAX_TURN), IN_DIGITS]


@router.get(
    "",
    summary="Checkpoints, newest first unless `sort` says otherwise",
    operation_id="list_checkpoints",
    response_model=_CHECKPOINTS.page,
    responses=refusals(404, 410, 422),
)
async def list_checkpoints(
    run_id: RunId, name: StepOrItem, caller: RunReader, tx: Tx, asked: Annotated[ListRequest, Depends(_CHECKPOINTS)]
) -> Response:
    found = await service.page(tx, caller, run_id, name, asked.part)
    return _CHECKPOINTS.answer(
        found.rows,
        asked,
        lambda row: CheckpointView.of(row, is_head=row.head == found.head),
        hint=CheckpointPage.hint_of(found.kind),
    )


@router.get(
    "/" + id_in_path("turn"),
    summary="The conversation after a turn, verified while it is read",
    operation_id="get_checkpoint",
    responses=refusals(404, 409, 410),
)
async def get(run_id: RunId, name: StepOrItem, turn: Turn, caller: RunReader, tx: Tx) -> Conversation:
    return Conversation.of(await service.conversation(tx, caller, run_id, name, turn))


@router.delete(
    "/" + id_in_path("turn"),
    status_code=204,
    summary="Delete a checkpoint that nobody needs any more; the others stay whole",
    operation_id="delete_checkpoint",
    responses=refusals(404, 409, 410),
)
async def delete(run_id: RunId, name: StepOrItem, turn: Turn, caller: CheckpointDeleter, tx: Tx) -> None:
    await service.delete(tx, caller, run_id, name, turn)


@router.post(
    "/verify",
    summary="Read every checkpoint of the step, and name each row that is damaged",
    operation_id="verify_checkpoints",
    responses=refusals(404, 410),
)
async def verify(run_id: RunId, name: StepOrItem, caller: RunWriter, tx: Tx) -> Verification:
    return Verification.of(await service.verify(tx, caller, run_id, name))
