"""What can be asked about a tenant's months."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from control_plane.identity.callers import ApiCaller
from control_plane.money.statements.finality import CalendarMonth, not_final_because
from control_plane.money.statements.schemas import (
    MAX_STATEMENT_LINES,
    MonthlyStatement,
    StatementLine,
    StatementLines,
    StatementSummary,
    StatementSums,
    ids_of,
)
from control_plane.requests.lists.paging import Listing, PageRequest
from foundation.domain.errors import NotFound
from foundation.domain.ids import TaskId, UserId
from foundation.storage.ledger import months
from foundation.storage.ledger.months import StatedGroup, StatedSums
from foundation.storage.people import tenant_settings, tenants
from foundation.storage.session.database import Transaction

_MONTHS = Listing[tuple[date, StatedSums]]("statements", lambda one: (one[0],), kinds=(date.fromisoformat,))


async def page(tx: Transaction, caller: ApiCaller, paging: PageRequest) -> tuple[list[StatementSummary], str | None]:
    """The months with events, newest first."""
    time_zone = await tenant_settings.time_zone(tx, caller.tenant_id)
    now = datetime.now(UTC)
    after = _MONTHS.after(paging)
    last_day = after[0] - timedelta(days=1) if after else CalendarMonth.now(now, time_zone).last_day
    found = await months.months(tx, caller.tenant_id, last_day=last_day, limit=paging.rows)
    shown, next_cursor = _MONTHS.cut(found, paging)
    summaries = [
        StatementSummary(**_summary(CalendarMonth(first), sums, now=now, time_zone=time_zone)) for first, sums in shown
    ]
    return summaries, next_cursor


async def get(tx: Transaction, caller: ApiCaller, wanted: str, *, most: int = MAX_STATEMENT_LINES) -> MonthlyStatement:
    """The month's statement; `NotFound` for one that has not begun, or that ended before there was the tenant."""
    tenant = await tenants.get(tx, caller.tenant_id)
    if tenant is None:
        raise AssertionError("a caller's tenant is there")
    month, now = CalendarMonth.parse(wanted), datetime.now(UTC)
    current = CalendarMonth.now(now, tenant.time_zone)
    made_in = CalendarMonth.now(tenant.created_at, tenant.time_zone)
    groups = await months.of_month(tx, caller.tenant_id, first_day=month.first_day, last_day=month.last_day)
    [whole] = [group for group in groups if group.dimension == months.WHOLE]
    is_empty = not whole.sums.attempts and not whole.sums.adjustments
    if month.first_day > current.first_day or (is_empty and month.first_day < made_in.first_day):
        detail = f"there is no statement of {month}: the tenant has had no such month yet"
        raise NotFound(detail, remedy="GET /api/v1/statements lists those with figures")
    tasks, users = await _names(tx, caller, groups, most)
    name = {"tasks": tasks, "users": users}
    return MonthlyStatement(
        **_summary(month, whole.sums, now=now, time_zone=tenant.time_zone),
        tenant_id=tenant.tenant_id,
        tenant=tenant.name,
        time_zone=tenant.time_zone,
        as_of=now,
        by_model=_lines(groups, months.BY_MODEL, most, lambda one: {"provider": one.provider, "model": one.model}),
        by_user=_lines(
            groups,
            months.BY_USER,
            most,
            lambda one: {"user_id": one.user_id, "user": name["users"].get(one.user_id)},
        ),
        by_task=_lines(
            groups,
            months.BY_TASK,
            most,
            lambda one: {"task_id": one.task_id, "task": name["tasks"].get(one.task_id)},
        ),
        by_day=_lines(groups, months.BY_DAY, most, lambda one: {"day": one.event_day}),
    )


async def _names(
    tx: Transaction, caller: ApiCaller, groups: Sequence[StatedGroup], most: int
) -> tuple[dict[Any, str], dict[Any, str]]:
    """Of the tasks and the users that are listed."""
    task_ids = [TaskId(one) for one in ids_of(_of(groups, months.BY_TASK)[:most], "task_id")]
    user_ids = [UserId(one) for one in ids_of(_of(groups, months.BY_USER)[:most], "user_id")]
    tasks = await months.names_of_tasks(tx, caller.tenant_id, task_ids)
    return tasks, await months.addresses_of_users(tx, user_ids)


def _of(groups: Sequence[StatedGroup], dimension: int) -> list[StatedGroup]:
    return [group for group in groups if group.dimension == dimension]


def _lines(
    groups: Sequence[StatedGroup], dimension: int, most: int, named: Callable[[StatedGroup], dict[str, Any]]
) -> StatementLines:
    of_dimension = _of(groups, dimension)
    shown = [StatementLine(**StatementSums.of(one.sums).model_dump(), **named(one)) for one in of_dimension[:most]]
    return StatementLines.of(of_dimension, shown)


def _summary(month: CalendarMonth, sums: StatedSums, *, now: datetime, time_zone: str) -> dict[str, Any]:
    """The members of a summary."""
    why = not_final_because(month, sums, now=now, time_zone=time_zone)
    return {
        "month": str(month),
        "first_day": month.first_day,
        "last_day": month.last_day,
        "final": not why,
        "not_final_because": why,
        "sums": StatementSums.of(sums),
        "uncorrected_bounds": sums.uncorrected_bounds,
        "last_correction_at": sums.last_correction_at,
    }
