"""The days and members of the ledger that a query names."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from control_plane.money.usage.filters import UsageQuery
from foundation.domain.errors import BadRequest
from foundation.domain.ids import RunId
from foundation.storage.ledger.usage import Dimension


def test_a_query_without_days_asks_for_a_month_up_to_tomorrow() -> None:
    today = datetime.now(UTC).date()
    asked = UsageQuery().filter
    assert asked.last_day - asked.first_day == timedelta(days=31)
    assert timedelta(0) <= asked.last_day - today <= timedelta(days=1)


def test_one_day_and_a_leap_year_are_allowed_and_a_day_more_is_not() -> None:
    day = date(2026, 1, 1)
    assert UsageQuery(first_day=day, last_day=day).filter.first_day == day
    UsageQuery(first_day=day, last_day=day + timedelta(days=365))
    for last in (day - timedelta(days=1), day + timedelta(days=366)):
        with pytest.raises(BadRequest) as refused:
            UsageQuery(first_day=day, last_day=last)
        assert refused.value.faults[0].pointer == "/query/from"


def test_only_the_members_that_are_named_narrow_the_sum() -> None:
    run_id = RunId(UUID(int=1))
    assert UsageQuery(run_id=run_id, model="gpt").filter.only == {Dimension.RUN: run_id, Dimension.MODEL: "gpt"}
    assert UsageQuery().filter.only == {}
