"""The provider's own prices, from which alone its bills are computed: the gateway's table is checked against them."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fnmatch import fnmatchcase

from simulated_provider.answers.tokens import NO_CACHE, CacheUse

_MILLION = Decimal(1_000_000)
_NANO = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a million tokens; without a price of its own, a write to a cache costs as much as input."""

    input: Decimal
    cached_input: Decimal
    output: Decimal
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None


PRICES: dict[str, Price] = {
    "penguins-*": Price(Decimal("0.40"), Decimal("0.10"), Decimal("1.60")),
    "odd-*": Price(Decimal("0.0375"), Decimal("0.0125"), Decimal("0.1501")),
    "cached-*": Price(Decimal("3.00"), Decimal("0.30"), Decimal("15.00"), Decimal("3.75"), Decimal("6.00")),
    "reasoning-*": Price(Decimal("1.10"), Decimal("0.275"), Decimal("4.40")),
    "vision-*": Price(Decimal("0.50"), Decimal("0.125"), Decimal("2.00")),
    "embed-*": Price(Decimal("0.02"), Decimal("0.02"), Decimal(0)),
    "*": Price(Decimal("0.15"), Decimal("0.075"), Decimal("0.60")),
}
"""By a pattern of the model's name; the first one that matches applies."""
A_SEARCH = Decimal("0.01")


def cost(
    model: str,
    *,
    input_tokens: int,
    cached_input_tokens: int,
    output_tokens: int,
    cache: CacheUse = NO_CACHE,
    searches: int = 0,
) -> Decimal:
    """Dollars of one answer: the exact sum, rounded up once to the nano-dollar; `input_tokens` counts all input."""
    price = next(price for pattern, price in PRICES.items() if fnmatchcase(model, pattern))
    write_5m = price.input if price.cache_write is None else price.cache_write
    write_1h = price.input if price.cache_write_1h is None else price.cache_write_1h
    exact = (
        (input_tokens - cached_input_tokens - cache.written) * price.input
        + cached_input_tokens * price.cached_input
        + cache.written_5m * write_5m
        + cache.written_1h * write_1h
        + output_tokens * price.output
    ) / _MILLION
    exact += searches * A_SEARCH
    return exact.quantize(_NANO, rounding=ROUND_CEILING)
