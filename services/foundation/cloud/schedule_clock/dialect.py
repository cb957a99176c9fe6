"""The expressions of EventBridge Scheduler: `cron(minutes hours days months weekdays years)`, `rate(…)` and `at(…)`.

Its cron differs from everybody else's: one of the two day fields is `?`, days of the week count from 1, and there is a
sixth field. Fields are written as lists and ranges, and weekdays by their names, so that none of this matters.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC

from foundation.cloud.schedule_clock.base import CronTimes, EverySeconds, NotTranslatable, Once

_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MINUTE = 60


def expression_of(times: CronTimes | EverySeconds | Once) -> str:
    """`NotTranslatable` where EventBridge Scheduler cannot say it."""
    match times:
        case CronTimes():
            return _cron(times)
        case EverySeconds():
            minutes, rest = divmod(times.seconds, _MINUTE)
            if rest or not minutes:
                raise NotTranslatable("every_seconds must be a multiple of 60, as clocks wake schedules once a minute")
            return f"rate({minutes} {'minute' if minutes == 1 else 'minutes'})"
        case Once():
            return f"at({times.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})"


def _cron(times: CronTimes) -> str:
    if times.days is not None and times.weekdays is not None:
        raise NotTranslatable(
            "the day of the month and the day of the week are both given, which readers of cron take for `and` or for "
            "`or`; write * for one of them, and make two schedules if you mean `or`"
        )
    fields = (
        _listed(times.minutes, every=60),
        _listed(times.hours, every=24),
        "?" if times.weekdays is not None else "*" if times.days is None else _listed(times.days, every=31),
        _listed(times.months, every=12),
        "?" if times.weekdays is None else ",".join(_WEEKDAYS[day] for day in sorted(times.weekdays)),
        "*",
    )
    return f"cron({' '.join(fields)})"


def _listed(values: frozenset[int], *, every: int) -> str:
    """`*`, or the values with those that follow on one another as ranges."""
    if len(values) == every:
        return "*"
    return ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in _ranges(sorted(values)))


def _ranges(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    low = high = None
    for value in values:
        if low is None or high is None:
            low = high = value
        elif value == high + 1:
            high = value
        else:
            yield low, high
            low = high = value
    if low is not None and high is not None:
        yield low, high
