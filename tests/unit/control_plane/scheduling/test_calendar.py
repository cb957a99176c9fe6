"""When schedules fire: cron as it is written, in each time zone, over the changes of its clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.scheduling.calendar import (
    check_cron,
    clock_times,
    cron_times,
    due_between,
    next_after,
    upcoming,
)
from foundation.cloud.schedule_clock.base import CronTimes, EverySeconds, NotTranslatable, Once
from foundation.domain.starts.schedules import Timing

ANCHOR = datetime(2026, 1, 1, tzinfo=UTC)


def cron(expression: str, zone: str = "Europe/Berlin") -> Timing:
    return Timing(expression, None, None, zone, ANCHOR)


def every(seconds: int) -> Timing:
    return Timing(None, seconds, None, "UTC", ANCHOR)


def once(at: datetime) -> Timing:
    return Timing(None, None, at, "UTC", ANCHOR)


def moments(texts: Sequence[str]) -> list[datetime]:
    return [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts]


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("30 2 * * *", "2026-06-01T00:00", ["2026-06-01T00:30", "2026-06-02T00:30"]),
        ("30 2 * * *", "2026-06-01T00:30", ["2026-06-02T00:30"]),
        ("0 9 * * MON-FRI", "2026-06-05T07:00", ["2026-06-08T07:00"]),
        ("0 9 * * 0", "2026-06-05T07:00", ["2026-06-07T07:00"]),
        ("0 9 * * 7", "2026-06-05T07:00", ["2026-06-07T07:00"]),
        ("0 0 1 JAN *", "2026-06-05T07:00", ["2026-12-31T23:00"]),
        ("*/20 * * * *", "2026-06-05T07:05", ["2026-06-05T07:20", "2026-06-05T07:40", "2026-06-05T08:00"]),
        ("0 0 29 2 *", "2026-06-05T07:00", ["2028-02-28T23:00"]),
    ],
)
def test_cron_fires_by_the_clock_of_its_zone(expression: str, after: str, expected: list[str]) -> None:
    [moment] = moments([after])
    assert upcoming(cron(expression), moment, most=len(expected)) == moments(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # From 02:00 to 03:00 on 29 March 2026 there is no time in Berlin: the firing happens at its end.
        ("30 2 * * *", ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]),
        ("0 3 * * *", ["2026-03-28T02:00", "2026-03-29T01:00", "2026-03-30T01:00"]),
        # Those that follow the clock on the wall have none in the hour that it skips.
        ("*/30 2 * * *", ["2026-03-28T01:00", "2026-03-28T01:30", "2026-03-30T00:00"]),
        ("0 */6 * * *", ["2026-03-28T05:00", "2026-03-28T11:00", "2026-03-28T17:00", "2026-03-28T23:00"]),
    ],
)
def test_a_firing_in_the_hour_that_is_skipped(expression: str, expected: list[str]) -> None:
    assert upcoming(cron(expression), datetime(2026, 3, 28, 0, tzinfo=UTC), most=len(expected)) == moments(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # From 02:00 to 03:00 on 25 October 2026 each time is there twice in Berlin: the firing happens the first time.
        ("30 2 * * *", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("15 2,3 * * *", ["2026-10-25T00:15", "2026-10-25T02:15", "2026-10-26T01:15"]),
        ("*/30 2 * * *", ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"]),
        ("30 * * * *", ["2026-10-24T22:30", "2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30"]),
    ],
)
def test_a_firing_in_the_hour_that_is_doubled(expression: str, expected: list[str]) -> None:
    assert upcoming(cron(expression), datetime(2026, 10, 24, 22, tzinfo=UTC), most=len(expected)) == moments(expected)


def test_a_moment_in_the_second_of_the_doubled_hours_has_no_firing_before_it() -> None:
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert next_after(cron("30 2 * * *"), second) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
)


@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - Hypothesis wants them so
)
def test_a_daily_firing_comes_once_for_each_day_of_its_zone(zone: str, hour: int, minute: int, start: datetime) -> None:
    """Whatever the clock does: one a day, in order, at its time or at the end of the gap that has swallowed it."""
    found = upcoming(cron(f"{minute} {hour} * * *", zone), start.replace(tzinfo=UTC), most=40)
    days = [time.astimezone(ZoneInfo(zone)).date() for time in found]
    assert days == sorted(set(days))
    assert all(after > before for before, after in pairwise(found))
    assert all(timedelta(hours=22) <= after - before <= timedelta(hours=26) for before, after in pairwise(found))


@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 59),
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - as above
    cut=st.integers(1, 60 * 24 * 3),
)
def test_what_is_due_in_two_parts_is_what_is_due_at_once(zone: str, minute: int, start: datetime, cut: int) -> None:
    """However often a clock asks, no firing is left out and none comes twice."""
    timing, since = cron(f"{minute} * * * *", zone), start.replace(tzinfo=UTC, microsecond=0)
    until, between = since + timedelta(days=3), since + timedelta(minutes=cut)
    first = due_between(timing, since, between)
    rest = due_between(timing, between + timedelta(seconds=1), until)
    assert first + rest == due_between(timing, since, until)


def test_every_so_many_seconds_counts_from_the_anchor_and_not_from_who_asks() -> None:
    assert next_after(every(3600), ANCHOR) == ANCHOR + timedelta(hours=1)
    assert next_after(every(3600), ANCHOR + timedelta(minutes=90)) == ANCHOR + timedelta(hours=2)
    assert next_after(every(3600), ANCHOR + timedelta(hours=2)) == ANCHOR + timedelta(hours=3)
    assert next_after(every(3600), ANCHOR - timedelta(hours=5)) == ANCHOR + timedelta(hours=1)


def test_once_is_once() -> None:
    assert next_after(once(ANCHOR), ANCHOR - timedelta(seconds=1)) == ANCHOR
    assert next_after(once(ANCHOR), ANCHOR) is None
    assert due_between(once(ANCHOR), ANCHOR, ANCHOR + timedelta(days=1)) == [ANCHOR]


def test_a_timing_is_told_to_the_clock_in_its_own_words() -> None:
    assert clock_times(every(120)) == EverySeconds(120, ANCHOR)
    assert clock_times(once(ANCHOR)) == Once(ANCHOR)
    assert clock_times(cron("0 9 * * 1,7")) == CronTimes(
        frozenset({0}), frozenset({9}), None, frozenset(range(1, 13)), frozenset({0, 1})
    )
    assert cron_times("0 9 1 * *").days == frozenset({1})
    assert cron_times("0 9 1 * *").weekdays is None


READABLE = "write numbers, *, ranges (1-5), lists (1,15) and steps (*/15)"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (
            "* * * *",
            "a cron expression has five fields, minute hour day-of-month month day-of-week, and this one has 4",
        ),
        (
            "0 0 * * * *",
            "a cron expression has five fields, minute hour day-of-month month day-of-week, and this one has 6",
        ),
        ("@daily", "a cron expression has five fields, minute hour day-of-month month day-of-week, and this one has 1"),
        ("60 * * * *", f"the cron expression cannot be read (Bad minute); {READABLE}"),
        ("0 24 * * *", f"the cron expression cannot be read (Bad hour); {READABLE}"),
        (
            "0 0 31 2 *",
            "the schedule would never fire: no month of '2' has a day of '31'; write a day that one of them has",
        ),
        (
            "0 2 31 4,6 *",
            "the schedule would never fire: no month of '4,6' has a day of '31'; write a day that one of them has",
        ),
        ("0 0 32 2 *", f"the cron expression cannot be read (Bad day-of-month); {READABLE}"),
        ("0 0 * 13 *", f"the cron expression cannot be read (Bad month); {READABLE}"),
        ("0 0 * * 8", f"the cron expression cannot be read (Bad day-of-week); {READABLE}"),
        ("0 0 * * DAY", f"the cron expression cannot be read (Bad day-of-week); {READABLE}"),
        ("*/0 * * * *", f"the cron expression cannot be read (Bad minute); {READABLE}"),
        ("5-1 * * * *", f"the cron expression cannot be read (Bad minute); {READABLE}"),
        (
            "*/61 * * * *",
            "the minute of the cron expression steps by 61, and has 60 values; a step is smaller than that",
        ),
        (
            "0 1,2-20/24 * * *",
            "the hour of the cron expression steps by 24, and has 24 values; a step is smaller than that",
        ),
        ("0 0 L * *", f"the day of the month of the cron expression cannot be 'L'; {READABLE}"),
        ("0 0 ? * *", f"the day of the month of the cron expression cannot be '?'; {READABLE}"),
        ("0 0 * * 1#2", f"the day of the week of the cron expression cannot be '1#2'; {READABLE}"),
        ("0 0 * * ;", f"the day of the week of the cron expression cannot be ';'; {READABLE}"),
        (
            "0 0 1 * 1",
            (
                "the day of the month and the day of the week are both given, which readers of cron take for `and` or "
                "for `or`; write * for one of them, and make two schedules if you mean `or`"
            ),
        ),
    ],
)
def test_what_no_clock_could_say_is_refused_in_a_sentence(expression: str, why: str) -> None:
    with pytest.raises(NotTranslatable) as refused:
        check_cron(expression)
    assert str(refused.value) == why


@pytest.mark.parametrize("expression", ["* * * * *", "*/15 9-17 * * MON-FRI", "0 0 1,15 */2 *", "5/10 * * * *"])
def test_five_fields_are_taken(expression: str) -> None:
    check_cron(expression)
