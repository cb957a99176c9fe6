"""What the provider charges follows from its own prices, each kind of token at its own."""

from decimal import Decimal

import pytest

from simulated_provider.answers.tokens import CacheUse
from simulated_provider.billing.prices import A_SEARCH, PRICES, cost


def charge(model: str, *, output_tokens: int = 0, searches: int = 0) -> Decimal:
    return cost(model, input_tokens=0, cached_input_tokens=0, output_tokens=output_tokens, searches=searches)


@pytest.mark.parametrize(("model", "pattern"), [("cached-1", "cached-*"), ("odd-x", "odd-*"), ("fault-cut=3", "*")])
def test_a_models_name_decides_its_price(model: str, pattern: str) -> None:
    assert charge(model, output_tokens=1_000_000) == PRICES[pattern].output


def test_each_kind_of_token_has_its_own_price() -> None:
    price = PRICES["cached-*"]
    use = CacheUse(read=10, written_5m=20, written_1h=30)
    charged = cost("cached-1", input_tokens=100, cached_input_tokens=10, output_tokens=5, cache=use)
    assert price.cache_write is not None
    assert price.cache_write_1h is not None
    exact = 40 * price.input + 10 * price.cached_input + 20 * price.cache_write + 30 * price.cache_write_1h
    assert charged == (exact + 5 * price.output) / 1_000_000


def test_a_search_costs_apart_from_tokens() -> None:
    assert charge("searching-1", searches=3) == 3 * A_SEARCH
    assert charge("searching-1") == Decimal(0)
