"""Money: integers that come from and go to decimal strings without losing a nano-dollar."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.domain.money import MAX_AMOUNT, cost_of, dollars, nano_usd

amounts = st.integers(-MAX_AMOUNT, MAX_AMOUNT)


@given(amounts)
def test_an_amount_survives_the_way_out_and_back(amount: int) -> None:
    text = dollars(amount)
    assert nano_usd(text) == amount
    assert "E" not in text.upper()
    assert not text.endswith(".")


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**12)), max_size=6))
def test_a_cost_is_the_exact_sum_rounded_up_once(quantities: list[tuple[int, int]]) -> None:
    exact = sum((Fraction(tokens * price, 1_000_000) for tokens, price in quantities), Fraction(0))
    cost = cost_of(quantities)
    assert exact <= cost < exact + 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "NaN",
        "Infinity",
        "1e30",
        "0.0000000001",
        "9000001",
        "1,5",
        "1.0000000000000000000000000000001",
        "1e-999999999",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"dollar"):
        nano_usd(text)


def test_small_amounts_are_written_out() -> None:
    assert dollars(1) == "0.000000001"
    assert dollars(1_500_000_000) == "1.5"
    assert dollars(0) == "0"
    assert nano_usd(Decimal("1.50")) == 1_500_000_000
