"""Calls count for as long as the window is, and a share of failures counts from a least number of calls on."""

import pytest

from llm_gateway.breakers.recent_calls import RecentCalls


def counted(*calls: tuple[float, bool], seconds: float = 10) -> RecentCalls:
    recent = RecentCalls(seconds=seconds)
    for at, failed in calls:
        recent.add(at, failed=failed)
    return recent


def test_calls_and_failures_are_counted_over_all_seconds() -> None:
    recent = counted((1.0, True), (1.9, False), (2.0, True), (2.5, True))
    assert (recent.calls, recent.failures) == (4, 3)


@pytest.mark.parametrize(("now", "calls", "failures"), [(10.9, 3, 1), (11.0, 2, 1), (11.1, 2, 1), (12.0, 1, 0)])
def test_a_second_is_forgotten_when_the_window_has_passed(now: float, calls: int, failures: int) -> None:
    recent = counted((1.0, False), (2.0, True))
    recent.add(now, failed=False)
    assert (recent.calls, recent.failures) == (calls, failures)


def test_failures_of_one_second_are_forgotten_together() -> None:
    recent = counted((1.2, True), (1.8, True), (30.0, False))
    assert (recent.calls, recent.failures) == (1, 0)


@pytest.mark.parametrize(
    ("minimum", "rate", "is_failing"), [(4, 0.5, True), (5, 0.5, False), (4, 0.51, False), (1, 0.25, True)]
)
def test_so_many_calls_and_so_large_a_share(minimum: int, rate: float, *, is_failing: bool) -> None:
    recent = counted((1, True), (1, True), (1, False), (1, False))
    assert recent.failing(minimum=minimum, rate=rate) is is_failing


def test_cleared_it_has_seen_nothing() -> None:
    recent = counted((1, True))
    recent.clear()
    assert (recent.calls, recent.failures) == (0, 0)
    recent.add(50, failed=False)
    assert (recent.calls, recent.failures) == (1, 0)
