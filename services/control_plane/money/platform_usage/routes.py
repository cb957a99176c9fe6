"""`/operations/usage`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from control_plane.dependencies import App, Paging, PlatformOperator
from control_plane.money.platform_usage import service
from control_plane.money.usage.export import MEDIA_TYPE, described
from control_plane.money.usage.filters import EARLIEST, FirstDay, Name, days_asked
from control_plane.money.usage.schemas import UsageFormat, UsagePage
from control_plane.requests.texts import Day
from control_plane.rooms import RoomRouter
from foundation.domain.ids import TenantId
from foundation.storage.ledger.platform_usage import PlatformDimension, PlatformFilter

router = RoomRouter(tags=["operations"])

GroupBy = Annotated[list[PlatformDimension], Query(min_length=1, max_length=3, description="one to three, in order")]
LastDay = Annotated[
    Day | None, Query(alias="to", ge=EARLIEST, description="the last day; tomorrow in UTC when left out")
]


@router.get(
    "/operations/usage",
    summary="Cost and tokens of all tenants, by up to three dimensions, in pages or as CSV; for operators alone",
    operation_id="get_platform_usage",
    response_model=UsagePage,
    responses={
        200: {
            "description": "a page, or all groups as CSV with `format=csv`",
            "content": described(tenant="019a0000-0000-7000-8000-000000000000", day="2026-11-29"),
        }
    },
)
async def platform_usage(
    _caller: PlatformOperator,
    app: App,
    paging: Paging,
    group_by: GroupBy,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    tenant_id: TenantId | None = None,
    provider: Name = None,
    model: Name = None,
    format: UsageFormat = UsageFormat.JSON,  # noqa: A002
) -> UsagePage | Response:
    # Nowhere on earth is it later than tomorrow in UTC.
    last = last_day or datetime.now(UTC).date() + timedelta(days=1)
    wanted = PlatformFilter(*days_asked(first_day, last), tenant_id, provider, model)
    if format is UsageFormat.JSON:
        return await service.page(app, group_by, wanted, paging)
    body = await service.as_csv(app, group_by, wanted, paging)
    name = f"usage-of-tenants-{wanted.first_day}-{wanted.last_day}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body, media_type=MEDIA_TYPE, headers=headers)
