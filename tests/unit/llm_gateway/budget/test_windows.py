"""Calendar windows follow the tenant's clock, also where it changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_gateway.budget.limits.scopes import windows_at

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"]


@given(
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_each_moment_lies_in_its_day_and_month_and_windows_meet(moment: datetime, zone: str) -> None:
    windows = windows_at(moment, ZoneInfo(zone))
    at = moment.timestamp() * 1000
    for window in (windows.day, windows.month):
        assert window.start_ms <= at < window.end_ms
    after = windows_at(datetime.fromtimestamp(windows.day.end_ms / 1000, UTC), ZoneInfo(zone))
    assert after.day.start_ms == windows.day.end_ms
    assert after.day.label > windows.day.label


@pytest.mark.parametrize(("moment", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_with_a_clock_change_is_as_long_as_it_is(moment: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    windows = windows_at(datetime.fromisoformat(moment + "T12:00").replace(tzinfo=zone), zone)
    assert windows.day.end_ms - windows.day.start_ms == hours * 3_600_000
