"""The counters of scopes as Redis has them: in their order, window by window, and a later window begins anew."""

from datetime import date

import msgspec
import pytest

from foundation.domain.money import Amount
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.totals.scope_totals import Fields, ScopeTotals

KEY = "scope"


def counts(totals: ScopeTotals) -> list[int | str]:
    written: Fields = totals.fields()[KEY]
    assert written[0] == FIELD
    values = written[1]
    assert isinstance(values, list)
    return values


def test_a_scope_of_a_run_has_its_total_only() -> None:
    totals = ScopeTotals()
    totals.commit(KEY, Amount(1, 2))
    totals.commit(KEY, Amount(10, 20))
    totals.hold(KEY, Amount(3, 4), day=None)
    assert counts(totals) == [11, 22, 3, 4]


def test_a_lasting_scope_has_the_latest_day_and_month_of_those_that_came() -> None:
    totals = ScopeTotals()
    for day, tokens in ((date(2026, 11, 28), 1), (date(2026, 11, 29), 2), (date(2026, 11, 27), 4)):
        totals.commit_on(KEY, day, Amount(tokens, 0))
    totals.commit_on(KEY, date(2026, 10, 31), Amount(8, 0))
    assert counts(totals) == [15, 0, 0, 0, "2026-11-29", 2, 0, 0, 0, "2026-11", 7, 0, 0, 0]


def test_a_hold_counts_in_the_windows_of_its_day() -> None:
    totals = ScopeTotals()
    totals.commit_on(KEY, date(2026, 11, 29), Amount(1, 1))
    totals.hold(KEY, Amount(2, 3), day="2026-11-28")
    totals.hold(KEY, Amount(20, 30), day="2026-11-29")
    assert counts(totals) == [1, 1, 22, 33, "2026-11-29", 1, 1, 20, 30, "2026-11", 1, 1, 22, 33]


def test_a_rolling_window_is_counted_by_its_slices() -> None:
    totals = ScopeTotals()
    for number, amount in ((7, Amount(1, 10)), (9, Amount(2, 20)), (7, Amount(4, 40)), (3, Amount(0, 0))):
        totals.commit_in_slice(KEY, 600_000, number, amount)
    fields = totals.fields()
    assert fields[KEY][2:] == ["rolling", "600000"]
    flat = fields[f"{KEY}:rolling:600000"]
    assert dict(zip(flat[::2], flat[1::2], strict=True)) == {
        "state": "whole",
        "slice": "10000",
        "tokens": "7",
        "nano": "70",
        "oldest": "7",
        "newest": "9",
        "t7": "5",
        "n7": "50",
        "t9": "2",
        "n9": "20",
    }


def test_a_mark_only_rises() -> None:
    totals = ScopeTotals()
    for value in (3, 5, 4):
        totals.mark(KEY, "generation", value)
    assert totals.fields()[KEY][2:] == ["generation", "5"]


@pytest.mark.parametrize(
    "written",
    [
        ScopeCounts(WindowCounts("", Amount(1, 2), Amount(3, 4))),
        ScopeCounts(
            WindowCounts("", Amount(1, 2), Amount(3, 4)),
            WindowCounts("2026-11-29", Amount(5, 6), Amount(7, 8)),
            WindowCounts("2026-11", Amount(9, 10), Amount(11, 12)),
        ),
    ],
)
def test_counts_are_read_as_they_were_written(written: ScopeCounts) -> None:
    field = msgspec.msgpack.encode(written.values())[1:]
    assert ScopeCounts.read(field) == written


def test_a_scope_that_was_never_counted_has_nothing_and_what_is_no_field_is_refused() -> None:
    assert ScopeCounts.read(None) == ScopeCounts.read(b"") == ScopeCounts()
    with pytest.raises(TypeError):
        ScopeCounts.read("text")
    with pytest.raises(ValueError, match="cannot be read"):
        ScopeCounts.read(b"\xc1")
