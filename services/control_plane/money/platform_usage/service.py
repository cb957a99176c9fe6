"""Sums of all tenants' ledgers, in pages or as CSV."""

from collections.abc import AsyncIterator, Sequence

from control_plane.money.usage.export import exported
from control_plane.money.usage.schemas import UsageGroupView, UsagePage
from control_plane.money.usage.service import require_distinct, require_no_cursor
from control_plane.requests.answers.streamed import begun
from control_plane.requests.lists.paging import Listing, PageRequest
from control_plane.resources import AppResources
from foundation.storage.ledger import platform_usage
from foundation.storage.ledger.platform_usage import PlatformDimension, PlatformFilter
from foundation.storage.ledger.usage import UsageGroup

_REASON = "an operator reads what all tenants have used"


async def page(
    app: AppResources, by: Sequence[PlatformDimension], wanted: PlatformFilter, paging: PageRequest
) -> UsagePage:
    """Groups in the order of the dimensions' values; `BadRequest` when a dimension stands twice."""
    require_distinct(by)
    groups = Listing[UsageGroup](
        f"usage of tenants by {', '.join(by)}", lambda group: group.values, kinds=[str] * len(by)
    )
    async with app.database.across_tenants(reason=_REASON) as tx:
        rows = await platform_usage.page(tx, by=by, wanted=wanted, limit=paging.rows, after=groups.after(paging))
    page, next_cursor = groups.cut(rows, paging)
    return UsagePage(
        items=[UsageGroupView.of(by, group) for group in page],
        next_cursor=next_cursor,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
    )


async def as_csv(
    app: AppResources, by: Sequence[PlatformDimension], wanted: PlatformFilter, paging: PageRequest
) -> AsyncIterator[bytes]:
    """All groups, which begin at the first: `BadRequest` where a cursor is given."""
    require_distinct(by)
    require_no_cursor(paging)

    async def read(after: tuple[str, ...] | None, limit: int) -> list[UsageGroup]:
        async with app.database.across_tenants(reason=_REASON) as tx:
            return await platform_usage.page(tx, by=by, wanted=wanted, limit=limit, after=after)

    return await begun(exported(by, read))
