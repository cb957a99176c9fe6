"""The days and members of the ledger that a query names."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from control_plane.money.usage.filters import UsageQuery
from foundation.domain.errors import BadRequest
from foundation.domain.ids import RunId
from foundation.storage.ledger.usage import Dimension

_TODAY = date(2026, 12, 1)


def test_a_query_without_a_first_day_asks_for_a_month() -> None:
    asked = UsageQuery().until(_TODAY)
    assert (asked.first_day, asked.last_day) == (_TODAY - timedelta(days=31), _TODAY)


def test_one_day_and_a_leap_year_are_allowed_and_a_day_more_is_not() -> None:
    day = date(2026, 1, 1)
    assert UsageQuery(first_day=day).until(day).first_day == day
    UsageQuery(first_day=day).until(day + timedelta(days=365))
    for last in (day - timedelta(days=1), day + timedelta(days=366)):
        with pytest.raises(BadRequest) as refused:
            UsageQuery(first_day=day).until(last)
        assert refused.value.faults[0].pointer == "/query/from"


def test_only_the_members_that_are_named_narrow_the_sum() -> None:
    run_id = RunId(UUID(int=1))
    assert UsageQuery(run_id=run_id, model="gpt").until(_TODAY).only == {Dimension.RUN: run_id, Dimension.MODEL: "gpt"}
    assert UsageQuery().until(_TODAY).only == {}
