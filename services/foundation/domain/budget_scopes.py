"""What a budget may limit, and over which time."""

from datetime import date
from enum import StrEnum


class BudgetScope(StrEnum):
    """The scopes that outlast a run."""

    TENANT = "tenant"
    USER = "user"
    KEY = "key"


class BudgetPeriod(StrEnum):
    """A day or month of the tenant's calendar, all time, or any interval of a given width."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"
    ROLLING = "rolling"


def day_label(day: date) -> str:
    """The name of a day's window, by which the scripts in Redis know whether it is over: `2026-03-01`."""
    return f"{day:%Y-%m-%d}"


def month_label(day: date) -> str:
    """The name of the window of the month that the day is in: `2026-03`."""
    return f"{day:%Y-%m}"


KILL_SWITCH_SCOPE = "kill_switch"
"""What a gateway names as the scope that has no room, while a kill switch is engaged."""
