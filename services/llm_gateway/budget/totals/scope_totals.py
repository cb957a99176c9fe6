"""Sums up the counters of scopes, and writes them as the fields that the scripts read."""

from dataclasses import dataclass, field
from datetime import date

from foundation.domain.budget_scopes import day_label, month_label
from foundation.domain.money import NOTHING, Amount
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.limits.scopes import slice_width
from llm_gateway.budget.redis.counted_window import CountedWindow

Fields = list[str | list[int | str]]


@dataclass(slots=True)
class _RollingWindow:
    slice_ms: int
    slices: dict[int, Amount] = field(default_factory=dict)

    def commit(self, number: int, amount: Amount) -> None:
        self.slices[number] = self.slices.get(number, NOTHING) + amount

    def fields(self) -> Fields:
        flat = {
            "state": "whole",
            "slice": self.slice_ms,
            "tokens": sum(amount.tokens for amount in self.slices.values()),
            "nano": sum(amount.nano_usd for amount in self.slices.values()),
        }
        if self.slices:
            flat |= {"oldest": min(self.slices), "newest": max(self.slices)}
        for number, amount in self.slices.items():
            flat |= {f"t{number}": amount.tokens, f"n{number}": amount.nano_usd}
        return [str(word) for pair in flat.items() for word in pair]


@dataclass(slots=True)
class _Scope:
    total: CountedWindow = field(default_factory=CountedWindow)
    day: CountedWindow = field(default_factory=CountedWindow)
    month: CountedWindow = field(default_factory=CountedWindow)
    rolling: dict[int, _RollingWindow] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)

    def fields(self) -> Fields:
        counts = ScopeCounts(_counts(self.total))
        if self.day.label:
            counts = ScopeCounts(_counts(self.total), _counts(self.day), _counts(self.month))
        flat: Fields = [FIELD, counts.values()]
        if self.rolling:
            flat += ["rolling", " ".join(map(str, self.rolling))]
        for name, value in self.marks.items():
            flat += [name, str(value)]
        return flat


def _counts(window: CountedWindow) -> WindowCounts:
    return WindowCounts(window.label, window.committed, window.held)


class ScopeTotals:
    """Scopes by key."""

    def __init__(self) -> None:
        self._scopes: dict[str, _Scope] = {}

    def commit(self, key: str, amount: Amount) -> None:
        self._scope(key).total.committed += amount

    def commit_on(self, key: str, day: date, amount: Amount) -> None:
        """Charge a scope that counts days and months; days may come in any order."""
        scope = self._scope(key)
        scope.total.committed += amount
        for window, label in ((scope.day, day_label(day)), (scope.month, month_label(day))):
            if window.reaches(label):
                window.committed += amount

    def commit_in_slice(self, key: str, width_ms: int, number: int, amount: Amount) -> None:
        """Count a rolling window of this width; a window in which nothing was spent is counted with no slices."""
        windows = self._scope(key).rolling
        window = windows.setdefault(width_ms, _RollingWindow(slice_width(width_ms)))
        if amount != NOTHING:
            window.commit(number, amount)

    def hold(self, key: str, amount: Amount, *, day: str | None) -> None:
        """Count a hold; `day` when the scope counts days and months."""
        scope = self._scope(key)
        scope.total.held += amount
        if day is not None:
            # a month's label is how its days' labels begin
            for window, label in ((scope.day, day), (scope.month, day[:7])):
                if window.reaches(label):
                    window.held += amount

    def mark(self, key: str, name: str, value: int) -> None:
        marks = self._scope(key).marks
        marks[name] = max(value, marks.get(name, 0))

    def fields(self) -> dict[str, Fields]:
        """Flat lists of names and values by key, as open_bucket.lua takes them; a list in one becomes one field."""
        hashes = {key: scope.fields() for key, scope in self._scopes.items()}
        for key, scope in self._scopes.items():
            hashes |= {f"{key}:rolling:{width}": window.fields() for width, window in scope.rolling.items()}
        return hashes

    def _scope(self, key: str) -> _Scope:
        return self._scopes.setdefault(key, _Scope())
