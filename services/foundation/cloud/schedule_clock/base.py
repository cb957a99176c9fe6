"""The port behind a clock that wakes schedules: it keeps one entry a schedule, and sends a message when it fires.

Whether a run is started is not the clock's to say: its messages may come late, twice or never, and what is due is read
from PostgreSQL (`control_plane/scheduling/attending.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MIN_EVERY_SECONDS = 60
"""EventBridge Scheduler counts in minutes."""


class NotTranslatable(ValueError):
    """The clock has no way to say when this schedule fires; the message is a sentence for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class CronTimes:
    """What each field of a cron expression allows; None for every day of the month, or of the week (0 is Sunday)."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class EverySeconds:
    """Again and again after so many seconds, a multiple of 60, counted from `anchor`."""

    seconds: int
    anchor: datetime


@dataclass(frozen=True, slots=True)
class Once:
    """At one moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ClockEntry:
    """One schedule as the clock keeps it: `name` is its key, `message` what it sends."""

    name: str
    times: CronTimes | EverySeconds | Once
    time_zone: str
    message: str


class ScheduleClock(Protocol):
    """Every call raises `DependencyUnavailable` when the clock does not answer."""

    async def put(self, entry: ClockEntry) -> None:
        """Creates the entry, or replaces the one of its name. `NotTranslatable` where it cannot be said."""
        ...

    async def remove(self, name: str) -> None:
        """Afterwards there is no entry of this name, whether there was one or not."""
        ...
