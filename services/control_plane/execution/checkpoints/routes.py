"""`/runs/{run_id}/steps/{name}/checkpoints`."""

from typing import Annotated

from fastapi import APIRouter, Path

from control_plane.dependencies import CheckpointDeleter, Paging, RunReader, RunWriter, Tx
from control_plane.execution.checkpoints import service
from control_plane.execution.checkpoints.schemas import CheckpointPage, CheckpointView, Conversation, Verification
from control_plane.requests.paging import Listing
from control_plane.requests.path_ids import id_in_path
from control_plane.requests.queries import IN_DIGITS
from foundation.contracts.steps.base import ITEM_NAME_PATTERN
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals
from foundation.storage.execution.checkpoints.listing import CheckpointRow

router = APIRouter(prefix="/runs/{run_id}/steps/{name}/checkpoints", tags=["checkpoints"])

MAX_TURN = 2**31 - 1


def turn_of_cursor(text: str) -> int:
    """The turn after which a page begins; `ValueError` for what is none."""
    turn = int(text)
    if not 0 <= turn <= MAX_TURN:
        raise ValueError("no turn has this number")
    return turn


_CHECKPOINTS = Listing[CheckpointRow]("checkpoints", lambda row: (row.turn,), kinds=(turn_of_cursor,))
StepOrItem = Annotated[
    str, Path(pattern=ITEM_NAME_PATTERN, description="the name of a step; name[index] for an item of one with foreach")
]
Turn = Annotated[int, Path(ge=0, le=MAX_TURN), IN_DIGITS]


@router.get("", summary="Checkpoints, newest first", operation_id="list_checkpoints", responses=refusals(404, 410))
async def list_checkpoints(
    run_id: RunId, name: StepOrItem, caller: RunReader, tx: Tx, paging: Paging
) -> CheckpointPage:
    after = _CHECKPOINTS.after(paging)
    found = await service.page(tx, caller, run_id, name, limit=paging.rows, after=after[0] if after else None)
    page, next_cursor = _CHECKPOINTS.cut(found.rows, paging)
    items = [CheckpointView.of(row, is_head=row.head == found.head) for row in page]
    return CheckpointPage(items=items, next_cursor=next_cursor, hint=CheckpointPage.hint_of(found.kind))


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
