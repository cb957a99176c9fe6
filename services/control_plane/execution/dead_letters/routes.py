"""`/dead-letters`, and `/operations/unreadable-messages` for operators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from control_plane.dependencies import App, Paging, PlatformOperator, RunReader, RunWriter, Tx
from control_plane.execution.dead_letters import service
from control_plane.execution.dead_letters.schemas import (
    Cause,
    DeadLetterView,
    Discard,
    RedriveMany,
    RedrivenList,
    UnreadableView,
)
from control_plane.requests.paging import Listing, Page, moment
from control_plane.requests.path_ids import id_in_path
from foundation.domain.ids import DeadLetterId, MessageId, RunId
from foundation.domain.states import DeadLetterStatus
from foundation.http.openapi import refusals
from foundation.storage.execution.dead import dead_letters, unreadable_messages
from foundation.storage.execution.dead.dead_letters import DeadLetter
from foundation.storage.execution.dead.unreadable_messages import UnreadableMessage

router = APIRouter(tags=["dead letters"])

_LETTERS = Listing[DeadLetter](
    "dead letters", lambda letter: (letter.died_at, letter.dead_letter_id), kinds=(moment, UUID)
)
_UNREADABLE = Listing[UnreadableMessage](
    "unreadable messages", lambda message: (message.received_at, message.message_id), kinds=(moment, UUID)
)


@router.get(
    "/dead-letters", summary="Steps that used up their attempts, newest first", operation_id="list_dead_letters"
)
async def list_dead_letters(
    caller: RunReader,
    tx: Tx,
    paging: Paging,
    cause: Annotated[Cause | None, Query(description="the code of the failure")] = None,
    status: Annotated[DeadLetterStatus | None, Query()] = None,
    run_id: Annotated[RunId | None, Query()] = None,
) -> Page[DeadLetterView]:
    rows = await dead_letters.page(
        tx,
        caller.tenant_id,
        limit=paging.rows,
        after=_LETTERS.after(paging),
        cause=cause,
        status=status,
        run_id=run_id,
    )
    page, next_cursor = _LETTERS.cut(rows, paging)
    return Page(items=[DeadLetterView.of(letter) for letter in page], next_cursor=next_cursor)


@router.get(
    "/dead-letters/" + id_in_path("dead_letter_id"),
    summary="A dead letter",
    operation_id="get_dead_letter",
    responses=refusals(404),
)
async def get(dead_letter_id: DeadLetterId, caller: RunReader, tx: Tx) -> DeadLetterView:
    return DeadLetterView.of(await service.get(tx, caller, dead_letter_id))


@router.post(
    "/dead-letters/redrive",
    summary="Retry the runs of many dead letters; the answer says of each what happened",
    operation_id="redrive_dead_letters",
    responses=refusals(413, 415),
)
async def redrive_many(body: RedriveMany, caller: RunWriter, app: App) -> RedrivenList:
    items, more = await service.redrive_many(app, caller, body)
    return RedrivenList(items=items, more=more)


@router.post(
    "/dead-letters/{dead_letter_id}/redrive",
    summary="Retry the run of a dead letter from its step, once",
    operation_id="redrive_dead_letter",
    responses=refusals(404, 409, 429),
)
async def redrive(dead_letter_id: DeadLetterId, caller: RunWriter, app: App, tx: Tx) -> DeadLetterView:
    letter = await service.get(tx, caller, dead_letter_id)
    [redriven] = await service.redrive(tx, caller, [letter], max_open=app.settings.max_open_runs)
    return DeadLetterView.of(redriven)


@router.post(
    "/dead-letters/{dead_letter_id}/discard",
    summary="End a dead letter with a reason, once; its run stays as it is",
    operation_id="discard_dead_letter",
    responses=refusals(404, 409, 413, 415),
)
async def discard(dead_letter_id: DeadLetterId, body: Discard, caller: RunWriter, tx: Tx) -> DeadLetterView:
    return DeadLetterView.of(await service.discard(tx, caller, dead_letter_id, reason=body.reason))


@router.get(
    "/operations/unreadable-messages",
    summary="Messages of the steps queue that nobody can read, newest first; for operators",
    operation_id="list_unreadable_messages",
)
async def list_unreadable(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    paging: Paging,
) -> Page[UnreadableView]:
    async with app.database.across_tenants(reason="these messages belong to no tenant") as tx:
        rows = await unreadable_messages.page(tx, limit=paging.rows, after=_UNREADABLE.after(paging))
    page, next_cursor = _UNREADABLE.cut(rows, paging)
    return Page(items=[UnreadableView.of(message) for message in page], next_cursor=next_cursor)


@router.post(
    "/operations/unreadable-messages/{message_id}/discard",
    summary="End such a message with a reason, once; for operators",
    operation_id="discard_unreadable_message",
    responses=refusals(404, 409, 413, 415),
)
async def discard_unreadable(
    message_id: MessageId, body: Discard, caller: PlatformOperator, app: App
) -> UnreadableView:
    return UnreadableView.of(await service.discard_unreadable(app, caller, message_id, reason=body.reason))
