"""The provider's own price table, in dollars a million tokens; what it bills is computed from nothing else."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fnmatch import fnmatchcase

_MILLION = Decimal(1_000_000)
_NANO = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a million tokens."""

    input: Decimal
    cached_input: Decimal
    output: Decimal


PRICES: dict[str, Price] = {
    "penguins-*": Price(Decimal("0.40"), Decimal("0.10"), Decimal("1.60")),
    "odd-*": Price(Decimal("0.0375"), Decimal("0.0125"), Decimal("0.1501")),
    "*": Price(Decimal("0.15"), Decimal("0.075"), Decimal("0.60")),
}
"""By pattern of the model's name; the first that matches holds."""


def cost(model: str, *, input_tokens: int, cached_input_tokens: int, output_tokens: int) -> Decimal:
    """Dollars of one answer: the exact sum, rounded up once to the nano-dollar."""
    price = next(price for pattern, price in PRICES.items() if fnmatchcase(model, pattern))
    exact = (
        (input_tokens - cached_input_tokens) * price.input
        + cached_input_tokens * price.cached_input
        + output_tokens * price.output
    ) / _MILLION
    return exact.quantize(_NANO, rounding=ROUND_CEILING)
