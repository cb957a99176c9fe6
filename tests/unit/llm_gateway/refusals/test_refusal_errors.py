"""Each reason for which nothing was reserved is one error: whether to come again, and when, is part of it."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from foundation.domain.errors import BudgetExceeded, LeaseLost, RunClosed
from llm_gateway.budget.limits.rates import MINUTE_US, SlidingWindow, SlidingWindowState
from llm_gateway.budget.limits.scopes import windows_at
from llm_gateway.budget.refusals import (
    AlreadyAnswered,
    BlockingLimit,
    BucketClosed,
    BudgetSpent,
    CallUnderWay,
    LimitFigures,
    ReservationRefused,
    RoomHeldByOthers,
    RunIsClosed,
    StaleLease,
    WindowFull,
)
from llm_gateway.budget.waiting import WaitedTooLong
from llm_gateway.refusals.rate_errors import RateExceeded, TooLargeForRate
from llm_gateway.refusals.refusal_errors import (
    CallInProgress,
    RoomHeld,
    error_of_full_queue,
    error_of_refusal,
    error_of_wait,
)

NOW = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)
WINDOWS = windows_at(NOW, ZoneInfo("UTC"))


def blocking(
    period: BudgetPeriod = BudgetPeriod.TOTAL, *, unit: str = "tokens", left: int = 3, room_at_ms: int | None = None
) -> BlockingLimit:
    return BlockingLimit(0, ScopeKind.TENANT, period, unit, left, room_at_ms)


def exceeded(limit: BlockingLimit) -> BudgetExceeded:
    error = error_of_refusal(BudgetSpent(limit), windows=WINDOWS, now=NOW)
    assert isinstance(error, BudgetExceeded)
    return error


def test_a_spent_total_says_what_is_left_and_names_no_time() -> None:
    error = exceeded(blocking())
    assert error.remaining == {"tokens": 3}
    assert not error.retryable


def test_a_spent_limit_is_told_with_its_figures_in_its_unit() -> None:
    stood = LimitFigures(limit=2_000_000_000, spent=1_500_000_000, held=1, asked=600_000_000)
    error = exceeded(replace(blocking(unit="nano_usd"), figures=stood))
    assert error.data()["budget"] == {
        "period": "total",
        "unit": "usd",
        "limit": "2",
        "spent": "1.5",
        "held": "0.000000001",
        "asked": "0.6",
    }
    tokens = exceeded(replace(blocking(), figures=LimitFigures(limit=9, spent=5, held=1, asked=4)))
    assert tokens.budget == {"period": "total", "unit": "tokens", "limit": 9, "spent": 5, "held": 1, "asked": 4}


def test_a_spent_day_says_when_the_tenants_day_ends() -> None:
    remaining = exceeded(blocking(BudgetPeriod.DAY, unit="nano_usd", left=1_500_000_000)).remaining
    assert remaining == {"usd": "1.5", "resets_at": "2026-11-30T00:00:00Z", "resets_in_seconds": 6 * 3600}


def test_a_spent_month_says_when_the_month_ends() -> None:
    assert exceeded(blocking(BudgetPeriod.MONTH)).remaining["resets_at"] == "2026-12-01T00:00:00Z"


def test_only_a_budget_that_gets_room_again_is_one_to_wait_for() -> None:
    waits = "wait until the budget has room again"
    assert str(exceeded(blocking(BudgetPeriod.DAY)).remedy).startswith(waits)
    assert not str(exceeded(blocking()).remedy).startswith(waits)


def test_a_spent_rolling_window_says_when_it_has_room_or_nothing_where_it_never_has() -> None:
    in_an_hour = int(NOW.timestamp() * 1000) + 3_600_000
    assert exceeded(blocking(BudgetPeriod.ROLLING, room_at_ms=in_an_hour)).remaining["resets_in_seconds"] == 3600
    assert "resets_at" not in exceeded(blocking(BudgetPeriod.ROLLING)).remaining


@pytest.mark.parametrize(
    ("refusal", "error", "retryable"),
    [
        (CallUnderWay(), CallInProgress, True),
        (RunIsClosed(), RunClosed, False),
        (StaleLease(), LeaseLost, False),
        (RoomHeldByOthers(blocking()), RoomHeld, True),
    ],
)
def test_only_what_passes_by_itself_may_be_tried_again(
    refusal: ReservationRefused, error: type[Exception], *, retryable: bool
) -> None:
    read = error_of_refusal(refusal, windows=WINDOWS, now=NOW)
    assert isinstance(read, error)
    assert read.remedy
    assert read.retryable is retryable
    assert (read.retry_after is not None) is retryable


@pytest.mark.parametrize("refusal", [BucketClosed(), AlreadyAnswered()])
def test_what_the_gateway_mends_itself_is_no_error_of_the_caller(refusal: ReservationRefused) -> None:
    assert error_of_refusal(refusal, windows=WINDOWS, now=NOW) is None


def full(wait_us: int | None) -> WindowFull:
    window = SlidingWindow(ScopeKind.USER, "key", counts_tokens=False, width_us=MINUTE_US, limit=20)
    return WindowFull(0, wait_us, 0, (SlidingWindowState(window, 0, MINUTE_US),))


def test_a_full_window_says_to_the_millisecond_when_to_come_again_and_never_earlier() -> None:
    error = error_of_refusal(full(1_234_001), windows=WINDOWS, now=NOW)
    assert isinstance(error, RateExceeded)
    assert error.retry_after is not None
    assert 1.235 <= error.retry_after < 1.236
    assert ("x-ratelimit-remaining-requests", "0") in error.headers


def test_a_call_above_a_rate_by_itself_is_not_to_be_tried_again() -> None:
    error = error_of_refusal(full(None), windows=WINDOWS, now=NOW)
    assert isinstance(error, TooLargeForRate)
    assert not error.retryable


def test_a_wait_for_a_slot_ends_as_a_rate_and_one_for_money_as_held_room() -> None:
    assert isinstance(error_of_wait(WaitedTooLong(RoomHeldByOthers(blocking(unit="calls")))), RateExceeded)
    assert isinstance(error_of_wait(WaitedTooLong(RoomHeldByOthers(blocking()))), RoomHeld)


def test_where_too_many_wait_a_caller_stays_away_longer_than_where_room_is_held() -> None:
    held = error_of_wait(WaitedTooLong(RoomHeldByOthers(blocking()))).retry_after
    queue = error_of_full_queue().retry_after
    assert held is not None
    assert queue is not None
    assert queue > held
