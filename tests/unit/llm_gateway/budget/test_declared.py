"""What a tenant may declare about its bounds and about the time without Redis."""

import pytest
from pydantic import ValidationError

from foundation.contracts.gateway.budget_policy import BoundKind, Bounds, RedisAway
from foundation.domain.money import MAX_AMOUNT, Amount, BudgetLimit, LimitOutOfRange
from llm_gateway.budget.limits.scopes import make_rolling_limit
from llm_gateway.budget.local_allowance import allowance_of


def test_nothing_declared_is_strict_and_closed() -> None:
    assert Bounds().mode is BoundKind.STRICT
    assert RedisAway().policy == "closed"


def test_an_allowance_is_divided_by_the_live_gateways_and_at_least_one() -> None:
    declared = RedisAway.model_validate({"policy": "bounded_local", "tokens": 100, "usd": "0.5"})
    assert allowance_of(declared, gateways=3) == Amount(33, 166_666_666)
    assert allowance_of(declared, gateways=0) == Amount(100, 500_000_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"policy": "bounded_local"},
        {"policy": "bounded_local", "tokens": 1},
        {"policy": "bounded_local", "tokens": -1, "usd": "1"},
        {"policy": "bounded_local", "tokens": 1, "usd": "-1"},
        {"policy": "bounded_local", "tokens": 1, "usd": "much"},
        {"policy": "bounded_local", "tokens": 1, "usd": 1},
        {"policy": "bounded_local", "tokens": MAX_AMOUNT + 1, "usd": "1"},
        {"policy": "bounded_local", "tokens": 1, "usd": "9000001"},
        {"policy": "open", "tokens": 1, "usd": "1"},
        {"policy": "shut"},
        {"policies": "open"},
        "open",
    ],
)
def test_a_policy_that_means_nothing_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        RedisAway.model_validate(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "guess"},
        {"mode": "estimate", "margin": "0.99"},
        {"mode": "estimate", "margin": "1e9"},
        {"mode": "estimate", "margin": "NaN"},
        {"mode": "estimate", "typical_output": 0},
        {"mode": "estimate", "typical_output": "9"},
        {"modes": "estimate"},
    ],
)
def test_bounds_that_mean_nothing_are_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Bounds.model_validate(wrong)


@pytest.mark.parametrize("amount", [-1, MAX_AMOUNT + 1])
def test_a_limit_beyond_what_counters_are_exact_to_is_refused(amount: int) -> None:
    BudgetLimit(0, MAX_AMOUNT)
    with pytest.raises(LimitOutOfRange, match="9000000000000000"):
        BudgetLimit(amount, None)
    with pytest.raises(LimitOutOfRange):
        BudgetLimit(None, amount)


@pytest.mark.parametrize(("seconds", "slice_ms"), [(3600, 60_000), (3601, 60_017), (31 * 86_400, 44_640_000)])
def test_sixty_slices_cover_a_window(seconds: int, slice_ms: int) -> None:
    window = make_rolling_limit(seconds, BudgetLimit(1, None))
    assert (window.width_ms, window.slice_ms) == (seconds * 1000, slice_ms)
    assert 59 * slice_ms < window.width_ms <= 60 * slice_ms
