"""What a caller is told about rates, to the millisecond and never too early."""

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from llm_gateway.budget.limits.rates import SlidingWindow, SlidingWindowState
from llm_gateway.budget.refusals import WindowFull
from llm_gateway.refusals.rate_errors import RateExceeded, TooLargeForRate, error_of_full_window
from llm_gateway.refusals.rate_headers import rate_headers, round_up_to_milliseconds, write_duration


def a_rate(kind: ScopeKind, limit: int, *, tokens: bool = False) -> SlidingWindow:
    return SlidingWindow(kind, "key", tokens, 60_000_000, limit)


@pytest.mark.parametrize(
    ("ms", "written"), [(0, "0ms"), (12, "12ms"), (1000, "1s"), (1500, "1.5s"), (60_000, "1m0s"), (120_250, "2m0.25s")]
)
def test_a_duration_is_written_as_openai_does(ms: int, written: str) -> None:
    assert write_duration(ms) == written


@pytest.mark.parametrize(("us", "ms"), [(0, 0), (1, 1), (1000, 1), (1001, 2)])
def test_a_wait_is_rounded_up(us: int, ms: int) -> None:
    assert round_up_to_milliseconds(us) == ms


def test_the_fullest_window_of_each_unit_is_told() -> None:
    states = [
        SlidingWindowState(a_rate(ScopeKind.TENANT, 100), 40, 60_000_000),
        SlidingWindowState(a_rate(ScopeKind.USER, 20), 3, 12_345_001),
        SlidingWindowState(a_rate(ScopeKind.TENANT, 9000, tokens=True), 8000, 1_000),
    ]
    assert dict(rate_headers(states)) == {
        "x-ratelimit-limit-requests": "20",
        "x-ratelimit-remaining-requests": "3",
        "x-ratelimit-reset-requests": "12.346s",
        "x-ratelimit-limit-tokens": "9000",
        "x-ratelimit-remaining-tokens": "8000",
        "x-ratelimit-reset-tokens": "1ms",
    }


def test_of_two_that_are_equally_full_the_first_is_told() -> None:
    states = [
        SlidingWindowState(a_rate(ScopeKind.TENANT, 100), 3, 60_000_000),
        SlidingWindowState(a_rate(ScopeKind.USER, 20), 3, 12_345_001),
    ]
    assert dict(rate_headers(states))["x-ratelimit-limit-requests"] == "100"


@pytest.mark.parametrize("wait_ms", [1, 29, 57, 58, 290, 569, 1001, 4095, 59_999, 60_000, 599_999])
def test_no_millisecond_is_lost_on_the_way_to_the_header(wait_ms: int) -> None:
    state = SlidingWindowState(a_rate(ScopeKind.USER, 20), 0, wait_ms * 1000)
    refused = error_of_full_window(WindowFull(0, wait_ms * 1000, 1, (state,)))
    assert isinstance(refused, RateExceeded)
    assert refused.retry_after is not None
    assert int(refused.retry_after * 1000) == round(refused.retry_after * 1000) == wait_ms


def test_what_never_fits_is_not_to_be_retried() -> None:
    state = SlidingWindowState(a_rate(ScopeKind.USER, 20, tokens=True), 20, 0)
    refused = error_of_full_window(WindowFull(0, None, 1, (state,)))
    assert isinstance(refused, TooLargeForRate)
    assert (refused.retryable, refused.retry_after) == (False, None)
