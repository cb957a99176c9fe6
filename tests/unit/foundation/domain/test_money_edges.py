"""The edges of money: the largest amount, the finest one, and how one is written."""

from decimal import Decimal

import pytest

from foundation.domain.money import MAX_AMOUNT, Amount, amount_text, cost_of, dollars, nano_usd


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_largest_amount_is_taken_and_a_nano_dollar_more_is_not(sign: str) -> None:
    assert abs(nano_usd(f"{sign}9000000")) == MAX_AMOUNT
    with pytest.raises(ValueError, match="more than 9000000 dollars"):
        nano_usd(f"{sign}9000000.000000001")


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("0.000000001", 1),
        ("1e-9", 1),
        (".5", 500_000_000),
        ("5.", 5_000_000_000),
        ("+1", 1_000_000_000),
        (2, 2 * 10**9),
    ],
)
def test_each_way_to_write_an_amount_is_read(text: str | int, nanos: int) -> None:
    assert nano_usd(text) == nanos


@pytest.mark.parametrize("text", ["0.0000000001", "1.5e-9"])
def test_what_is_finer_than_a_nano_dollar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="finer"):
        nano_usd(text)


@pytest.mark.parametrize("text", ["1_0", " 1", "1 ", "\u0661", "e5", ".", "1e99999"])
def test_what_only_some_readers_take_for_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        nano_usd(text)


@pytest.mark.parametrize("value", ["1e16", "1e-16", "1.0000000000000001"])
def test_more_digits_than_are_computed_with_are_refused_for_that(value: str) -> None:
    with pytest.raises(ValueError, match="too many digits"):
        nano_usd(value)


@pytest.mark.parametrize("value", ["1e15", "1e-15", "1.000000000000001"])
def test_as_many_as_are_computed_with_are_refused_for_their_value_only(value: str) -> None:
    with pytest.raises(ValueError, match=r"finer|more than"):
        nano_usd(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_finite_is_no_amount(value: Decimal) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        nano_usd(value)


NOT_PLAIN = (
    "x",
    "",
    "1e3",
    "1E3",
    "+1",
    "1.",
    ".5",
    " 1",
    "1 ",
    "1_0",
    "1,5",
    "\u0661",
    "\uff11",
    "0.0000000001",
    "0x1",
)


def test_an_amount_that_people_send_is_a_text_and_not_negative() -> None:
    assert amount_text("0") == "0"
    assert amount_text("1.50") == "1.50"
    for value, word in ((1.5, "as a string"), ("-0.1", "negative"), *((text, "not an amount") for text in NOT_PLAIN)):
        with pytest.raises(ValueError, match=word):
            amount_text(value)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(-1, "-0.000000001"), (-1_500_000_000, "-1.5"), (10_000_000_000, "10"), (1_000_000_010, "1.00000001")],
)
def test_an_amount_is_written_without_what_says_nothing(amount: int, text: str) -> None:
    assert dollars(amount) == text


def test_amounts_are_added_and_taken_from_each_other_part_by_part() -> None:
    assert Amount(1, 20) + Amount(2, 3) == Amount(3, 23)
    assert Amount(1, 20) - Amount(2, 3) == Amount(-1, 17)


@pytest.mark.parametrize(("tokens", "cost"), [(0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2)])
def test_a_part_of_a_nano_dollar_costs_a_whole_one(tokens: int, cost: int) -> None:
    assert cost_of([(tokens, 1)]) == cost
