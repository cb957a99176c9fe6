"""What can be asked of the ledger."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from control_plane.identity.callers import ApiCaller
from control_plane.money.usage.export import exported
from control_plane.money.usage.filters import UsageQuery
from control_plane.money.usage.schemas import RequestUsage, UsageGroupView, UsagePage
from control_plane.requests.answers.streamed import begun
from control_plane.requests.lists.paging import Listing, PageRequest
from foundation.domain.errors import BadRequest, Fault, NotFound
from foundation.storage.ledger import request_usage, usage
from foundation.storage.ledger.usage import Dimension, UsageFilter, UsageGroup
from foundation.storage.people import tenant_settings
from foundation.storage.session.database import Database, Transaction


def require_distinct(by: Sequence[Dimension]) -> None:
    """`BadRequest` when a dimension stands twice."""
    if len(set(by)) < len(by):
        detail = "the same dimension is asked for twice"
        raise BadRequest(detail, faults=(Fault("/query/group_by", detail),))


def require_no_cursor(paging: PageRequest) -> None:
    """`BadRequest` where a file is asked for from a cursor on."""
    if paging.cursor is not None:
        detail = "CSV has all groups and no pages; leave the cursor out"
        raise BadRequest(detail, faults=(Fault("/query/cursor", detail),))


async def as_csv(
    database: Database, caller: ApiCaller, by: Sequence[Dimension], wanted: UsageFilter, paging: PageRequest
) -> AsyncIterator[bytes]:
    """All groups, which begin at the first: `BadRequest` where a cursor is given."""
    require_distinct(by)
    require_no_cursor(paging)

    async def read(after: tuple[str, ...] | None, limit: int) -> list[UsageGroup]:
        async with database.tenant(caller.tenant_id) as tx:
            return await usage.page(tx, caller.tenant_id, by=by, wanted=wanted, limit=limit, after=after)

    return await begun(exported(by, read))


async def filter_of(tx: Transaction, caller: ApiCaller, query: UsageQuery) -> UsageFilter:
    """What is asked for, up to today where the query names no last day; `BadRequest` where the days are no span."""
    if query.last_day is not None:
        return query.until(query.last_day)
    zone = ZoneInfo(await tenant_settings.time_zone(tx, caller.tenant_id))
    return query.until(datetime.now(zone).date())


async def page(
    tx: Transaction, caller: ApiCaller, by: Sequence[Dimension], wanted: UsageFilter, paging: PageRequest
) -> UsagePage:
    require_distinct(by)
    groups = Listing[UsageGroup](f"usage by {', '.join(by)}", lambda group: group.values, kinds=[str] * len(by))
    rows = await usage.page(tx, caller.tenant_id, by=by, wanted=wanted, limit=paging.rows, after=groups.after(paging))
    page, next_cursor = groups.cut(rows, paging)
    return UsagePage(
        items=[UsageGroupView.of(by, group) for group in page],
        next_cursor=next_cursor,
        first_day=wanted.first_day,
        last_day=wanted.last_day,
    )


async def of_request(tx: Transaction, caller: ApiCaller, request_id: UUID) -> RequestUsage:
    events = await request_usage.events_of_request(tx, caller.tenant_id, request_id)
    if not events:
        remedy = "take the id from the header x-request-id of the gateway's answer"
        raise NotFound("there is no such request in the ledger", remedy=remedy)
    return RequestUsage.of(request_id, events)
