"""`/statements`."""

import asyncio
from typing import Annotated

from fastapi import Header, Response

from control_plane.dependencies import App, Paging, Tx, UsageReader
from control_plane.money.statements import service
from control_plane.money.statements.pdf import PDF_LINES, draw
from control_plane.money.statements.schemas import (
    MAX_STATEMENT_LINES,
    Month,
    MonthlyStatement,
    StatementFormat,
    StatementSummary,
)
from control_plane.requests.answers.negotiation import BY_ACCEPT, VARY, prefers
from control_plane.requests.lists.paging import Page
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/statements", tags=["usage"])

_PDF = "application/pdf"
_DRAWN = "the same figures on A4 pages, which begin with the bytes `%PDF-`"


@router.get("", summary="The months in which there was usage, newest first", operation_id="list_statements")
async def list_statements(caller: UsageReader, tx: Tx, paging: Paging) -> Page[StatementSummary]:
    items, next_cursor = await service.page(tx, caller, paging)
    return Page(items=items, next_cursor=next_cursor)


@router.get(
    "/{month}",
    summary="What a month cost, by model, task, user and day, as JSON or as PDF",
    operation_id="get_statement",
    response_model=MonthlyStatement,
    responses={
        200: {
            "description": "JSON, or PDF with `format=pdf` or where `Accept` names it",
            "content": {_PDF: {"schema": {"type": "string", "format": "binary", "description": _DRAWN}}},
        },
        **refusals(404),
    },
    dependencies=[BY_ACCEPT],
)
async def get_statement(
    month: Month,
    caller: UsageReader,
    app: App,
    format: StatementFormat | None = None,  # noqa: A002
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> MonthlyStatement | Response:
    is_pdf = format is StatementFormat.PDF or (format is None and prefers(_PDF, accept))
    async with app.database.tenant(caller.tenant_id) as tx:
        statement = await service.get(tx, caller, month, most=PDF_LINES if is_pdf else MAX_STATEMENT_LINES)
    if not is_pdf:
        return statement
    # Drawing takes a processor, so it does not stand in the way of other requests.
    drawn = await asyncio.to_thread(draw, statement)
    headers = {"Content-Disposition": f'attachment; filename="statement-{month}.pdf"', **VARY}
    return Response(drawn, media_type=_PDF, headers=headers)
