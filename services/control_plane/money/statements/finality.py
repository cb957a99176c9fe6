"""When a month of the ledger is final: nothing that was reserved in it is open, and corrections have had their time."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from control_plane.money.statements.schemas import NotFinal
from foundation.storage.ledger.months import StatedSums

SETTLING_DAYS = 3
"""After its last day, in which providers report what was used in it."""
WAITED_DAYS = 31
"""After its last day, beyond which neither a run without final usage nor a charge at its bound is waited for."""


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month of a tenant's calendar."""

    first_day: date

    @classmethod
    def parse(cls, text: str) -> "CalendarMonth":
        """Of a text like 2026-11."""
        return cls(date.fromisoformat(f"{text}-01"))

    @classmethod
    def now(cls, now: datetime, time_zone: str) -> "CalendarMonth":
        return cls(now.astimezone(ZoneInfo(time_zone)).date().replace(day=1))

    @property
    def last_day(self) -> date:
        return self.first_day.replace(day=calendar.monthrange(self.first_day.year, self.first_day.month)[1])

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


def not_final_because(month: CalendarMonth, sums: StatedSums, *, now: datetime, time_zone: str) -> list[NotFinal]:
    """Why the month's figures may still change; nothing where they are final."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if today <= month.last_day:
        return [NotFinal.MONTH_OPEN]
    if today > month.last_day + timedelta(days=WAITED_DAYS):
        return []
    why = [NotFinal.SETTLING] if today <= month.last_day + timedelta(days=SETTLING_DAYS) else []
    if sums.open_runs:
        why.append(NotFinal.OPEN_RUNS)
    if sums.uncorrected_bounds:
        why.append(NotFinal.BOUND_CHARGES)
    return why
