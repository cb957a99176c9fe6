"""Money as integers of nano-dollars, read from and written as decimal strings."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import NewType

from foundation.domain.words.quoting import quoted

NanoUsd = NewType("NanoUsd", int)

NANO_PER_USD = 1_000_000_000
MAX_AMOUNT = 9 * 10**15
"""The largest amount or limit: above it Redis' numbers would no longer be exact."""

TOKENS_PER_PRICE_UNIT = 1_000_000
AMOUNT_PATTERN = r"^[0-9]{1,16}(\.[0-9]{1,9})?$"
"""An amount as people send it: digits, and at most nine more behind a point."""
_SENT = re.compile(AMOUNT_PATTERN, re.ASCII)
_MOST_DIGITS = 15
_PLAIN = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens and nano-dollars together, as every budget counts them; differences may be negative."""

    tokens: int
    nano_usd: int

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens + other.tokens, self.nano_usd + other.nano_usd)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens - other.tokens, self.nano_usd - other.nano_usd)


NOTHING = Amount(0, 0)


class LimitOutOfRange(ValueError):
    """A limit is negative, or above what counters are exact to."""


@dataclass(frozen=True, slots=True)
class BudgetLimit:
    """The most tokens and nano-dollars of one budget; None for no limit. `LimitOutOfRange` above 9 × 10^15.

    What a tenant sets for a period, what a run or step may use, and what the gateway holds to. The run token carries
    it as its two members.
    """

    tokens: int | None = None
    nano_usd: int | None = None

    def __post_init__(self) -> None:
        for amount in (self.tokens, self.nano_usd):
            if amount is not None and not 0 <= amount <= MAX_AMOUNT:
                raise LimitOutOfRange(f"a limit is from 0 to {MAX_AMOUNT}, not {amount}")

    def left_after(self, taken: Amount) -> "BudgetLimit":
        """What remains of the limit, 0 where more is taken than it allows."""
        return BudgetLimit(_left(self.tokens, taken.tokens), _left(self.nano_usd, taken.nano_usd))


NO_LIMIT = BudgetLimit()


def _left(limit: int | None, taken: int) -> int | None:
    return None if limit is None else max(0, limit - taken)


def nano_usd(text: str | int | Decimal) -> NanoUsd:
    """Nano-dollars of an amount in dollars; ValueError when it is not a finite amount with at most 9 decimals."""
    if isinstance(text, str) and not _PLAIN.fullmatch(text):
        # Decimal also reads 1_0, blanks around a number, and digits of other scripts.
        raise ValueError(_not_an_amount(text))
    try:
        amount = Decimal(text)
    except (InvalidOperation, TypeError) as error:
        raise ValueError(_not_an_amount(text)) from error
    if not amount.is_finite():
        raise ValueError(_not_an_amount(text))
    if amount.adjusted() > _MOST_DIGITS or amount.as_tuple().exponent < -_MOST_DIGITS:  # type: ignore[operator]  # finite
        # Decimal computes with fewer digits, so that rounding would silently change the amount.
        raise ValueError(f"{quoted(text)} has too many digits for an amount of dollars; write at most 9 decimals")
    nanos = amount * NANO_PER_USD
    if nanos != nanos.to_integral_value(ROUND_HALF_EVEN):
        raise ValueError(f"{quoted(text)} is finer than a nano-dollar; write at most 9 decimals")
    if abs(nanos) > MAX_AMOUNT:
        raise ValueError(f"{quoted(text)} is more than {MAX_AMOUNT // NANO_PER_USD} dollars; write a smaller amount")
    return NanoUsd(int(nanos))


def _not_an_amount(value: object) -> str:
    return f'{quoted(value)} is not an amount of dollars; write digits, and at most nine behind a point, like "1.50"'


def nano_usd_at_least(dollars: Decimal) -> NanoUsd:
    """Nano-dollars of a price or a bill; what is finer is rounded up, so that it is never charged too low."""
    return NanoUsd(int((dollars * NANO_PER_USD).to_integral_value(ROUND_CEILING)))


def amount_text(value: object) -> str:
    """The text of an amount that is not negative, as people send it; the ValueError explains how to write one."""
    if not isinstance(value, str):
        raise ValueError('write an amount of dollars as a string, like "1.50"')  # noqa: TRY004 - told as a bad value
    if value.startswith("-"):
        raise ValueError("an amount of dollars cannot be negative")
    # Without a sign and an exponent, which Decimal reads: nobody is to wonder what "1e3" or "+1" allows.
    if not _SENT.fullmatch(value):
        raise ValueError(_not_an_amount(value))
    nano_usd(value)
    return value


def dollars(amount: int) -> str:
    """The amount as a plain decimal string of dollars without trailing zeros ("0.0012", "3")."""
    whole, nanos = divmod(abs(amount), NANO_PER_USD)
    text = f"{whole}.{nanos:09d}".rstrip("0").rstrip(".") if nanos else str(whole)
    return f"-{text}" if amount < 0 else text


def cost_of(quantities: list[tuple[int, int]]) -> NanoUsd:
    """The cost of (tokens, nano-dollars per million tokens) pairs together: the exact sum, rounded up once."""
    exact = sum(tokens * price for tokens, price in quantities)
    return NanoUsd(-(-exact // TOKENS_PER_PRICE_UNIT))
