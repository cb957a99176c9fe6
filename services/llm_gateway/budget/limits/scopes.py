"""Scopes, their limits, and the calendar or rolling windows in which scopes that outlast a run are limited."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod, day_label, month_label
from foundation.domain.money import NO_LIMIT, BudgetLimit

SLICES = 60
"""A rolling window is counted in so many slices: what is committed counts up to a sixtieth of the window too long."""


def limit_arguments(limit: BudgetLimit) -> tuple[str | int, str | int]:
    """As the scripts take it: nothing for no limit."""
    return ("" if limit.tokens is None else limit.tokens, "" if limit.nano_usd is None else limit.nano_usd)


def limited_units(limit: BudgetLimit) -> dict[str, int]:
    """What is limited, by the names that the scripts have for the units."""
    amounts = {"tokens": limit.tokens, "nano": limit.nano_usd}
    return {unit: amount for unit, amount in amounts.items() if amount is not None}


@dataclass(frozen=True, slots=True)
class RollingLimit:
    """A limit in any interval of a width; `slice_ms` is how finely its window is counted."""

    limit: BudgetLimit
    width_ms: int
    slice_ms: int


def slice_width(width_ms: int) -> int:
    return -(-width_ms // SLICES)


def make_rolling_limit(window_seconds: int, limit: BudgetLimit) -> RollingLimit:
    width_ms = window_seconds * 1000
    return RollingLimit(limit, width_ms, slice_width(width_ms))


@dataclass(frozen=True, slots=True)
class LimitedScope:
    """One scope of a call with its limits by period."""

    kind: ScopeKind
    scope_id: UUID
    total: BudgetLimit = NO_LIMIT
    day: BudgetLimit = NO_LIMIT
    month: BudgetLimit = NO_LIMIT
    rolling: RollingLimit | None = None
    generation: int | None = None
    """The generation of a run above the caller's own under which the caller runs; None for other scopes."""
    arguments: tuple[str | int, ...] = field(init=False, repr=False, compare=False)
    """As reserve.lua takes it; made once, since a scope is used for many calls."""
    watched: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Its limits as common.lua watches them: "<window> <unit> <limit>", with the width after them where it rolls."""

    def __post_init__(self) -> None:
        limits = (*limit_arguments(self.total), *limit_arguments(self.day), *limit_arguments(self.month))
        object.__setattr__(self, "arguments", (int(self.kind.windowed), *limits))
        object.__setattr__(self, "watched", tuple(self._watched()))

    def _watched(self) -> Iterator[str]:
        limits = {BudgetPeriod.TOTAL: self.total}
        if self.kind.windowed:
            limits |= {BudgetPeriod.DAY: self.day, BudgetPeriod.MONTH: self.month}
        for period, limit in limits.items():
            yield from (f"{period} {unit} {most}" for unit, most in limited_units(limit).items())
        if self.rolling is not None:
            for unit, most in limited_units(self.rolling.limit).items():
                yield f"{BudgetPeriod.ROLLING} {unit} {most} {self.rolling.width_ms}"


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """A calendar window [start, end) in milliseconds since 1970; labels of later windows sort later."""

    label: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class CalendarWindows:
    """The day and the month of a tenant's time zone that contain one moment."""

    day: CalendarWindow
    month: CalendarWindow

    def of(self, period: BudgetPeriod) -> CalendarWindow | None:
        return {BudgetPeriod.DAY: self.day, BudgetPeriod.MONTH: self.month}.get(period)


def windows_at(moment: datetime, zone: ZoneInfo) -> CalendarWindows:
    """The tenant's day and month that contain a moment; a day with a clock change is as long as it is."""
    local = moment.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    next_day = (midnight.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    first = midnight.replace(day=1)
    next_month = (first.replace(tzinfo=None) + timedelta(days=32)).replace(day=1, tzinfo=zone)
    return CalendarWindows(
        day=CalendarWindow(day_label(midnight), _ms(midnight), _ms(next_day)),
        month=CalendarWindow(month_label(first), _ms(first), _ms(next_month)),
    )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
