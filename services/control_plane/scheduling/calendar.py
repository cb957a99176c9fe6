"""When schedules fire: cron in a time zone, every so many seconds, or once.

Cron is read and walked through by `cronsim`, which does at changes of the clock what Debian's cron does. An expression
whose minutes and hours are fixed fires once a day that it names: at the end of the gap where its hour is skipped, and
the first time where its hour comes twice. One whose minutes or hours begin with `*` follows the clock on the wall: the
skipped hour has no firings, and the doubled one has them twice.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from foundation.cloud.schedule_clock.base import CronTimes, EverySeconds, NotTranslatable, Once
from foundation.cloud.schedule_clock.dialect import expression_of
from foundation.domain.starts.schedules import Timing
from foundation.domain.words.quoting import quoted

MAX_CRON_LENGTH = 256
_VALUES = {"minute": 60, "hour": 24, "day of the month": 31, "month": 12, "day of the week": 7}
_NAMES = tuple(_VALUES)
_FIELD = re.compile(r"(\*|[0-9]{1,2}|[A-Za-z]{3})(-([0-9]{1,2}|[A-Za-z]{3}))?(/[0-9]{1,2})?")
_SYNTAX = "numbers, *, ranges (1-5), lists (1,15) and steps (*/15)"
_SUNDAY_TOO = 7


def check_cron(expression: str) -> None:
    """`NotTranslatable`, with a sentence for whoever wrote it, unless every clock of ours can say this expression."""
    fields = expression.split()
    if len(fields) != len(_NAMES):
        raise NotTranslatable(
            f"a cron expression has five fields, minute hour day-of-month month day-of-week, and this one has "
            f"{len(fields)}"
        )
    for name, field in zip(_NAMES, fields, strict=True):
        if not all(_FIELD.fullmatch(part) for part in field.split(",")):
            raise NotTranslatable(f"the {name} of the cron expression cannot be {quoted(field)}; write {_SYNTAX}")
        _check_steps(name, field)
    try:
        _parsed(expression)
    except CronSimError as error:
        _refuse_days_that_no_month_has(fields)
        raise NotTranslatable(f"the cron expression cannot be read ({error}); write {_SYNTAX}") from error
    expression_of(cron_times(expression))


def _refuse_days_that_no_month_has(fields: list[str]) -> None:
    """Each of the fields may be readable by itself, as in `31 2`, and no moment has all of them."""
    minute, hour, day, month, weekday = fields
    try:
        for alone in ([minute, hour, day, "*", weekday], [minute, hour, "*", month, weekday]):
            _parsed(" ".join(alone))
    except CronSimError:
        return
    raise NotTranslatable(
        f"the schedule would never fire: no month of {quoted(month)} has a day of {quoted(day)};"
        " write a day that one of them has"
    )


def _check_steps(name: str, field: str) -> None:
    """A step that is as large as its field never takes place, so that its writer means something else."""
    for part in field.split(","):
        step, most = part.partition("/")[2], _VALUES[name]
        if step and int(step) >= most:
            raise NotTranslatable(
                f"the {name} of the cron expression steps by {step}, and has {most} values; a step is smaller than that"
            )


def cron_times(expression: str) -> CronTimes:
    """What the fields of an expression allow that `check_cron` has taken."""
    parsed = _parsed(expression)
    _, _, days, _, weekdays = expression.split()
    return CronTimes(
        minutes=frozenset(parsed.minutes),
        hours=frozenset(parsed.hours),
        days=None if days == "*" else frozenset(parsed.days),
        months=frozenset(parsed.months),
        weekdays=None if weekdays == "*" else frozenset(_weekday(day) for day in parsed.weekdays),
    )


def clock_times(timing: Timing) -> CronTimes | EverySeconds | Once:
    """The timing as a clock is told it."""
    if timing.cron is not None:
        return cron_times(timing.cron)
    if timing.every_seconds is not None:
        return EverySeconds(timing.every_seconds, timing.anchor)
    if timing.at is not None:
        return Once(timing.at)
    raise AssertionError("a schedule has one of cron, every_seconds and at")


def firings_after(timing: Timing, moment: datetime) -> Iterator[datetime]:
    """The firings after a moment, in UTC and in order; without an end where the schedule has none."""
    if timing.cron is not None:
        yield from _cron_after(timing.cron, timing.time_zone, moment)
    elif timing.every_seconds is not None:
        yield from _every_after(timing.anchor, timedelta(seconds=timing.every_seconds), moment)
    elif timing.at is not None and timing.at > moment:
        yield timing.at.astimezone(UTC)


def next_after(timing: Timing, moment: datetime) -> datetime | None:
    return next(firings_after(timing, moment), None)


def upcoming(timing: Timing, moment: datetime, *, most: int) -> list[datetime]:
    return list(islice(firings_after(timing, moment), most))


def due_between(timing: Timing, since: datetime, until: datetime) -> list[datetime]:
    """The firings from `since` on, which is one itself, or may be, up to `until`."""
    due = []
    for time in firings_after(timing, since - timedelta(seconds=1)):
        if time > until:
            break
        due.append(time)
    return due


def _parsed(expression: str) -> CronSim:
    return CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC))


def _weekday(day: object) -> int:
    if not isinstance(day, int):
        raise TypeError(f"{quoted(day)} is no day of the week")
    return 0 if day == _SUNDAY_TOO else day


def _cron_after(expression: str, zone: str, moment: datetime) -> Iterator[datetime]:
    # Where the clock is set back, the zone's time alone does not say which of two moments is meant; UTC does.
    last = moment
    for time in CronSim(expression, moment.astimezone(ZoneInfo(zone))):
        at = time.astimezone(UTC)
        if at > last:
            yield at
            last = at


def _every_after(anchor: datetime, every: timedelta, moment: datetime) -> Iterator[datetime]:
    passed = max(0, (moment - anchor) // every)
    while True:
        passed += 1
        at = anchor + passed * every
        if at > moment:
            yield at.astimezone(UTC)
