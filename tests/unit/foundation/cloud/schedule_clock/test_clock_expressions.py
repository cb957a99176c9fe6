"""What EventBridge Scheduler is told, in its own dialect."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from foundation.cloud.schedule_clock.base import CronTimes, EverySeconds, NotTranslatable, Once
from foundation.cloud.schedule_clock.dialect import expression_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MONTHS, HOURS, MINUTES = frozenset(range(1, 13)), frozenset(range(24)), frozenset(range(60))


def times(
    minutes: frozenset[int] = MINUTES,
    hours: frozenset[int] = HOURS,
    days: frozenset[int] | None = None,
    months: frozenset[int] = MONTHS,
    weekdays: frozenset[int] | None = None,
) -> CronTimes:
    return CronTimes(minutes, hours, days, months, weekdays)


@pytest.mark.parametrize(
    ("said", "expression"),
    [
        (times(), "cron(* * * * ? *)"),
        (times(minutes=frozenset({0, 15, 30, 45})), "cron(0,15,30,45 * * * ? *)"),
        (times(hours=frozenset({9, 10, 11, 17})), "cron(* 9-11,17 * * ? *)"),
        (times(days=frozenset({1, 15})), "cron(* * 1,15 * ? *)"),
        (times(weekdays=frozenset({0, 1, 6})), "cron(* * ? * SUN,MON,SAT *)"),
        (times(months=frozenset({1, 2, 3})), "cron(* * * 1-3 ? *)"),
        (times(days=frozenset(range(1, 32))), "cron(* * * * ? *)"),
        (EverySeconds(60, NOON), "rate(1 minute)"),
        (EverySeconds(7200, NOON), "rate(120 minutes)"),
        (Once(NOON), "at(2026-06-01T12:00:00)"),
        (Once(NOON.astimezone(timezone(timedelta(hours=2)))), "at(2026-06-01T12:00:00)"),
    ],
)
def test_a_timing_in_the_words_of_eventbridge(said: CronTimes | EverySeconds | Once, expression: str) -> None:
    assert expression_of(said) == expression


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (EverySeconds(90, NOON), "every_seconds must be a multiple of 60, as clocks wake schedules once a minute"),
        (EverySeconds(0, NOON), "every_seconds must be a multiple of 60, as clocks wake schedules once a minute"),
    ],
)
def test_what_eventbridge_cannot_say(said: EverySeconds, why: str) -> None:
    with pytest.raises(NotTranslatable) as refused:
        expression_of(said)
    assert str(refused.value) == why


def test_the_longest_expression_is_one_that_eventbridge_takes() -> None:
    said = times(
        minutes=MINUTES - frozenset(range(2, 60, 3)),
        hours=HOURS - frozenset(range(2, 24, 3)),
        days=frozenset(range(1, 32)) - frozenset(range(3, 30, 3)),
        months=frozenset({1, 2, 4, 5, 7, 8, 10, 11}),
    )
    assert len(expression_of(said)) <= 256
