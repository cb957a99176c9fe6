"""What becomes of firings: overlap and catch-up as tables, jitter that is always the same."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.ids import ScheduleId, new_uuid
from foundation.domain.starts.schedules import (
    LATE_SECONDS,
    MOST_CAUGHT_UP,
    MOST_LISTED,
    MOST_QUEUED,
    CatchUp,
    Missed,
    OpenRuns,
    Overlap,
    OverlapVerdict,
    is_told,
    jitter_of,
    judge_overlap,
    sort_out,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NONE, ONE, SPENT = OpenRuns(0, False), OpenRuns(1, False), OpenRuns(1, True)


@pytest.mark.parametrize(
    ("overlap", "open_runs", "waiting", "verdict"),
    [
        (Overlap.SKIP, NONE, 0, OverlapVerdict.START),
        (Overlap.SKIP, ONE, 0, OverlapVerdict.SKIP_OVERLAP),
        (Overlap.SKIP, SPENT, 0, OverlapVerdict.SKIP_BUDGET),
        (Overlap.QUEUE, NONE, 0, OverlapVerdict.START),
        (Overlap.QUEUE, ONE, 0, OverlapVerdict.WAIT),
        (Overlap.QUEUE, SPENT, 0, OverlapVerdict.WAIT),
        (Overlap.QUEUE, NONE, 1, OverlapVerdict.WAIT),
        (Overlap.QUEUE, ONE, MOST_QUEUED - 1, OverlapVerdict.WAIT),
        (Overlap.QUEUE, ONE, MOST_QUEUED, OverlapVerdict.SKIP_QUEUE_FULL),
        (Overlap.ALLOW, NONE, 0, OverlapVerdict.START),
        (Overlap.ALLOW, ONE, 0, OverlapVerdict.START),
        (Overlap.ALLOW, OpenRuns(99, False), 0, OverlapVerdict.START),
        (Overlap.ALLOW, SPENT, 0, OverlapVerdict.SKIP_BUDGET),
    ],
)
def test_what_a_firing_does_beside_open_runs(
    overlap: Overlap, open_runs: OpenRuns, waiting: int, verdict: OverlapVerdict
) -> None:
    assert judge_overlap(overlap, open_runs, waiting_before=waiting) is verdict


def ago(*seconds: int) -> list[datetime]:
    return [NOW - timedelta(seconds=one) for one in seconds]


LATE = LATE_SECONDS + 1


@pytest.mark.parametrize(
    ("catch_up", "times", "to_wait", "missed"),
    [
        (CatchUp.NONE, ago(0), ago(0), []),
        (CatchUp.NONE, ago(LATE_SECONDS), ago(LATE_SECONDS), []),
        (CatchUp.NONE, ago(LATE), [], ago(LATE)),
        (CatchUp.NONE, ago(LATE, 5), ago(5), ago(LATE)),
        (CatchUp.LATEST, ago(LATE + 60, LATE), ago(LATE), ago(LATE + 60)),
        (CatchUp.LATEST, ago(LATE + 60, LATE, 5), ago(5), ago(LATE + 60, LATE)),
        (CatchUp.ALL, ago(LATE + 60, LATE, 5), ago(LATE + 60, LATE, 5), []),
        (CatchUp.ALL, [], [], []),
    ],
)
def test_what_is_made_up_for(
    catch_up: CatchUp, times: list[datetime], to_wait: list[datetime], missed: list[datetime]
) -> None:
    found = sort_out(times, now=NOW, catch_up=catch_up)
    assert (list(found.to_wait), [one.first for one in found.missed]) == (to_wait, missed)


def test_after_a_long_outage_only_the_newest_are_made_up_for_and_the_oldest_share_a_row() -> None:
    times = ago(*range(LATE + 60 * 400, LATE, -60))
    found = sort_out(times, now=NOW, catch_up=CatchUp.ALL)
    assert list(found.to_wait) == times[-MOST_CAUGHT_UP:]
    lost = times[:-MOST_CAUGHT_UP]
    shared, *listed = found.missed
    assert shared == Missed(lost[0], lost[-MOST_LISTED - 1], len(lost) - MOST_LISTED)
    assert [one.first for one in listed] == lost[-MOST_LISTED:]


def test_what_is_too_old_to_be_looked_at_is_told_without_a_count() -> None:
    old = Missed(NOW - timedelta(days=400), NOW - timedelta(days=7), None)
    found = sort_out(ago(LATE, 0), now=NOW, catch_up=CatchUp.LATEST, uncounted=old)
    late = NOW - timedelta(seconds=LATE)
    assert list(found.missed) == [old, Missed(late, late, 1)]
    many = ago(*range(LATE + 60 * 150, LATE, -60))
    shared, *_ = sort_out(many, now=NOW, catch_up=CatchUp.NONE, uncounted=old).missed
    assert shared == Missed(old.first, many[-MOST_LISTED - 1], None)


@given(seconds=st.lists(st.integers(0, 20_000), unique=True, max_size=200), catch_up=st.sampled_from(CatchUp))
def test_no_firing_is_lost_and_none_is_made_up_for_twice(seconds: list[int], catch_up: CatchUp) -> None:
    times = ago(*sorted(seconds, reverse=True))
    found = sort_out(times, now=NOW, catch_up=catch_up)
    assert len(found.to_wait) + sum(one.count or 0 for one in found.missed) == len(times)
    assert list(found.to_wait) == sorted(found.to_wait)
    assert not {one.first for one in found.missed} & set(found.to_wait)


def test_jitter_is_the_same_whoever_asks_and_within_its_bound() -> None:
    schedule_id = ScheduleId(new_uuid())
    times = [NOW + timedelta(hours=hour) for hour in range(200)]
    jitters = [jitter_of(schedule_id, time, most_seconds=30) for time in times]
    assert jitters == [jitter_of(schedule_id, time, most_seconds=30) for time in times]
    assert {int(jitter.total_seconds()) for jitter in jitters} <= set(range(31))
    assert len(set(jitters)) > 10
    assert jitters != [jitter_of(ScheduleId(new_uuid()), time, most_seconds=30) for time in times]
    assert jitter_of(schedule_id, NOW, most_seconds=0) == timedelta()


def test_failures_are_told_of_less_and_less_often() -> None:
    assert [count for count in range(100) if is_told(count)] == [3, 6, 12, 24, 48, 96]
