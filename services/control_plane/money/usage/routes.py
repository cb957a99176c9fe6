"""`/usage`."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from control_plane.dependencies import App, Paging, Tx, UsageReader
from control_plane.money.usage import service
from control_plane.money.usage.export import MEDIA_TYPE, described
from control_plane.money.usage.filters import UsageQueried
from control_plane.money.usage.schemas import RequestUsage, UsageFormat, UsagePage
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals
from foundation.storage.ledger.usage import Dimension

router = RoomRouter(prefix="/usage", tags=["usage"])

GroupBy = Annotated[list[Dimension], Query(min_length=1, max_length=3, description="one to three, in order")]


@router.get(
    "",
    summary="Cost and tokens of some days, by up to three dimensions, in pages or as CSV",
    operation_id="get_usage",
    response_model=UsagePage,
    responses={
        200: {
            "description": "a page, or all groups as CSV with `format=csv`",
            "content": described(day="2026-11-29", model="gpt-5-mini"),
        }
    },
)
async def usage(
    group_by: GroupBy,
    query: UsageQueried,
    paging: Paging,
    caller: UsageReader,
    app: App,
    tx: Tx,
    format: UsageFormat = UsageFormat.JSON,  # noqa: A002
) -> UsagePage | Response:
    wanted = await service.filter_of(tx, caller, query)
    if format is UsageFormat.JSON:
        return await service.page(tx, caller, group_by, wanted, paging)
    body = await service.as_csv(app.database, caller, group_by, wanted, paging)
    name = f"usage-{wanted.first_day}-{wanted.last_day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body, media_type=MEDIA_TYPE, headers=headers)


@router.get(
    "/requests/{request_id}",
    summary="All attempts of one request, with what was corrected later",
    operation_id="get_usage_of_request",
    responses=refusals(404),
)
async def of_request(request_id: UUID, caller: UsageReader, tx: Tx) -> RequestUsage:
    return await service.of_request(tx, caller, request_id)
