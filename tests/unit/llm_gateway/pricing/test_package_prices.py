"""Prices of the package: what it does not say is never taken for less than the vendor takes."""

from decimal import Decimal

from genai_prices.types import TieredPrices

from llm_gateway.pricing.prices import _package_prices

INPUT: dict[str, Decimal | TieredPrices] = {"input_mtok": Decimal(3), "output_mtok": Decimal(15)}


def test_what_is_not_priced_apart_costs_as_input() -> None:
    prices = _package_prices({**INPUT}, 0)
    assert (prices.cached_input, prices.cache_write) == (prices.input, prices.input)
    assert prices.output == 5 * prices.input


def test_an_hour_in_the_cache_costs_what_is_said_or_twice_the_input_or_is_not_sold() -> None:
    writes = {**INPUT, "cache_write_mtok": Decimal("3.75")}
    said = _package_prices({**writes, "cache_write_1h_mtok": Decimal(7)}, 0)
    assert said.cache_write_1h is not None
    assert 3 * said.cache_write_1h == 7 * said.input
    assert _package_prices(writes, 0).cache_write_1h == 2 * said.input
    assert _package_prices({**INPUT}, 0).cache_write_1h is None
