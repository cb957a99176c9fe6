"""`/usage`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from control_plane.dependencies import Paging, Reader, Tx
from control_plane.usage import service
from control_plane.usage.filters import UsageQueried
from control_plane.usage.schemas import RequestUsage, UsagePage
from foundation.http.openapi import refusals
from foundation.storage.ledger.usage import Dimension

router = APIRouter(prefix="/usage", tags=["usage"])

GroupBy = Annotated[list[Dimension], Query(min_length=1, max_length=3, description="one to three, in order")]


@router.get("", summary="Cost and tokens of some days, by up to three dimensions", operation_id="get_usage")
async def usage(group_by: GroupBy, query: UsageQueried, paging: Paging, caller: Reader, tx: Tx) -> UsagePage:
    return await service.page(tx, caller, group_by, query.filter, paging)


@router.get(
    "/requests/{request_id}",
    summary="All attempts of one request, with what was corrected later",
    operation_id="get_usage_of_request",
    responses=refusals(404),
)
async def of_request(request_id: UUID, caller: Reader, tx: Tx) -> RequestUsage:
    return await service.of_request(tx, caller, request_id)
