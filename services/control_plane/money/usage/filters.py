"""Which part of the ledger a caller asks for, as the query of a request names it."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from control_plane.requests.texts import Day
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.domain.errors import BadRequest, Fault
from foundation.domain.ids import ApiKeyId, RunId, TaskId, UserId
from foundation.storage.ledger.usage import Dimension, UsageFilter

_SHOWN_DAYS = 31
_MOST_DAYS = 366
EARLIEST = date(2000, 1, 1)

_Named = Annotated[str, WrittenAs(r"^[^\x00]+$", "a name is needed, which has one character or more and no U+0000")]
Name = Annotated[_Named | None, Query(max_length=200)]
FirstDay = Annotated[
    Day | None, Query(alias="from", ge=EARLIEST, description="the first day; a month before `to` when left out")
]
LastDay = Annotated[
    Day | None, Query(alias="to", ge=EARLIEST, description="the last day; today, where the tenant is, when left out")
]


def days_asked(first_day: date | None, last_day: date) -> tuple[date, date]:
    """The first day, or that of a month before, and the last; `BadRequest` when they are no span that is summed."""
    last, first = last_day, first_day or last_day - timedelta(days=_SHOWN_DAYS)
    if not 0 <= (last - first).days < _MOST_DAYS:
        detail = f"from is not after to, and both are less than {_MOST_DAYS} days apart"
        raise BadRequest(detail, faults=(Fault("/query/from", detail),))
    return first, last


class UsageQuery:
    """Days of the tenant's calendar, at most 366 of them, and what else an event must have."""

    def __init__(
        self,
        first_day: FirstDay = None,
        last_day: LastDay = None,
        user_id: UserId | None = None,
        api_key_id: ApiKeyId | None = None,
        run_id: RunId | None = None,
        task_id: TaskId | None = None,
        provider: Name = None,
        model: Name = None,
        route: Name = None,
    ) -> None:
        self.last_day, self._first_day = last_day, first_day
        given: dict[Dimension, UUID | str | None] = {
            Dimension.USER: user_id,
            Dimension.API_KEY: api_key_id,
            Dimension.RUN: run_id,
            Dimension.TASK: task_id,
            Dimension.PROVIDER: provider,
            Dimension.MODEL: model,
            Dimension.ROUTE: route,
        }
        self._only = {dimension: value for dimension, value in given.items() if value is not None}

    def until(self, last_day: date) -> UsageFilter:
        """`last_day` is that of the query, or what stands for it; `BadRequest` when it is before the first."""
        return UsageFilter(*days_asked(self._first_day, last_day), self._only)


UsageQueried = Annotated[UsageQuery, Depends()]
