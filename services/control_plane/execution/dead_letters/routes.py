"""`/dead-letters`; for operators `/operations/dead-letters` and `/operations/unreadable-messages`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, PlatformOperator, RunReader, RunWriter, Tx
from control_plane.execution.dead_letters import service
from control_plane.execution.dead_letters.schemas import (
    Cause,
    DeadLetterView,
    Discard,
    RedriveMany,
    RedrivenList,
    TenantsDeadLetterView,
    UnreadableView,
)
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.path_ids import id_in_path
from control_plane.rooms import RoomRouter
from foundation.domain.ids import DeadLetterId, MessageId, RunId, TenantId
from foundation.domain.states import DeadLetterStatus
from foundation.http.openapi import refusals
from foundation.storage.execution.dead import dead_letters, of_tenants, unreadable_messages
from foundation.storage.execution.dead.dead_letters import DeadLetter
from foundation.storage.execution.dead.of_tenants import TenantsDeadLetter
from foundation.storage.execution.dead.unreadable_messages import UnreadableMessage

router = RoomRouter(tags=["dead letters"])

_LETTERS = ListOf[DeadLetter]("dead letters", DeadLetterView, dead_letters.PAGES.orders)
_OF_TENANTS = ListOf[TenantsDeadLetter]("dead letters of tenants", TenantsDeadLetterView, of_tenants.ORDERS)
_UNREADABLE = ListOf[UnreadableMessage]("unreadable messages", UnreadableView, unreadable_messages.PAGES.orders)


@router.get(
    "/dead-letters",
    summary="Steps that used up their attempts, newest first",
    operation_id="list_dead_letters",
    responses=refusals(422),
    response_model=_LETTERS.page,
)
async def list_dead_letters(
    caller: RunReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_LETTERS)],
    cause: Annotated[Cause | None, Query(description="the code of the failure")] = None,
    status: Annotated[DeadLetterStatus | None, Query()] = None,
    run_id: Annotated[RunId | None, Query()] = None,
) -> Response:
    rows = await dead_letters.page(
        tx,
        caller.tenant_id,
        asked.part,
        cause=cause,
        status=status,
        run_id=run_id,
    )
    return _LETTERS.answer(rows, asked, DeadLetterView.of)


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
    "/operations/dead-letters",
    summary="Dead letters of all tenants, newest first, without tenants' words; for operators",
    operation_id="list_tenants_dead_letters",
    responses=refusals(422),
    response_model=_OF_TENANTS.page,
)
async def list_of_tenants(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    asked: Annotated[ListRequest, Depends(_OF_TENANTS)],
    tenant_id: Annotated[TenantId | None, Query()] = None,
    cause: Annotated[Cause | None, Query(description="the code of the failure")] = None,
    status: Annotated[DeadLetterStatus | None, Query()] = None,
) -> Response:
    async with app.database.across_tenants(reason="an operator lists the dead letters") as tx:
        rows = await of_tenants.page(tx, asked.part, tenant_id=tenant_id, cause=cause, status=status)
    return _OF_TENANTS.answer(rows, asked, TenantsDeadLetterView.of)


@router.get(
    "/operations/dead-letters/{dead_letter_id}",
    summary="A dead letter of a tenant, without the tenant's words; for operators",
    operation_id="get_tenants_dead_letter",
    responses=refusals(404),
)
async def get_of_a_tenant(
    dead_letter_id: DeadLetterId,
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
) -> TenantsDeadLetterView:
    return TenantsDeadLetterView.of(await service.get_of_a_tenant(app, dead_letter_id))


@router.get(
    "/operations/unreadable-messages",
    summary="Messages of the steps queue that nobody can read, newest first; for operators",
    operation_id="list_unreadable_messages",
    responses=refusals(422),
    response_model=_UNREADABLE.page,
)
async def list_unreadable(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    asked: Annotated[ListRequest, Depends(_UNREADABLE)],
) -> Response:
    async with app.database.across_tenants(reason="these messages belong to no tenant") as tx:
        rows = await unreadable_messages.page(tx, asked.part)
    return _UNREADABLE.answer(rows, asked, UnreadableView.of)


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
