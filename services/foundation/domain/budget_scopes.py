"""What a budget may limit, and over which time."""

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
