"""What a call costs, and the most that it can cost: tiers, caches and searches in whole nano-dollars."""

import pytest

from llm_gateway.exchange.media import document, image, linked_document
from llm_gateway.exchange.request import CacheWrites
from llm_gateway.exchange.usage import Usage
from llm_gateway.pricing.prices import Price, SearchPrice, TokenMaximums, TokenPrices

A_TOKEN = 1_000_000
"""Prices are of a million tokens, so that these are of one."""
SMALL = TokenPrices(
    from_input_tokens=0,
    input=100 * A_TOKEN,
    cached_input=10 * A_TOKEN,
    cache_write=125 * A_TOKEN,
    cache_write_1h=200 * A_TOKEN,
    output=500 * A_TOKEN,
)
LARGE = TokenPrices(
    from_input_tokens=1000,
    input=300 * A_TOKEN,
    cached_input=30 * A_TOKEN,
    cache_write=375 * A_TOKEN,
    output=700 * A_TOKEN,
)
PRICE = Price("v", (SMALL, LARGE))


def usage(input_tokens: int, output_tokens: int = 0, **more: int) -> Usage:
    return Usage(input_tokens=input_tokens, output_tokens=output_tokens, **more)


@pytest.mark.parametrize(
    ("used", "nano_usd"),
    [
        (usage(0), 0),
        (usage(10, 2), 10 * 100 + 2 * 500),
        (usage(10, cached_input_tokens=4), 6 * 100 + 4 * 10),
        (usage(10, cache_write_tokens=4), 6 * 100 + 4 * 125),
        (usage(10, cache_write_tokens=4, cache_write_1h_tokens=3), 6 * 100 + 1 * 125 + 3 * 200),
        (usage(10, cached_input_tokens=3, cache_write_tokens=4), 3 * 100 + 3 * 10 + 4 * 125),
        (usage(10, 7, reasoning_tokens=7), 10 * 100 + 7 * 500),
    ],
)
def test_each_kind_of_token_is_charged_once_at_its_own_price(used: Usage, nano_usd: int) -> None:
    assert PRICE.cost(used) == nano_usd


@pytest.mark.parametrize(("tokens", "price"), [(999, 100), (1000, 300), (1001, 300)])
def test_the_size_of_the_whole_input_chooses_the_tier(tokens: int, price: int) -> None:
    assert PRICE.cost(usage(tokens)) == tokens * price


def test_an_hour_in_the_cache_without_a_price_of_its_own_costs_as_every_write() -> None:
    assert PRICE.cost(usage(1000, cache_write_tokens=1000, cache_write_1h_tokens=1000)) == 1000 * 375


def test_a_fraction_of_a_nano_dollar_is_rounded_up_once() -> None:
    fine = Price("v", (TokenPrices(0, input=1, cached_input=1, cache_write=1, output=1),))
    assert fine.cost(usage(1, 1)) == 1


def test_searches_are_charged_beside_tokens_where_they_have_a_price() -> None:
    searching = Price("v", (SMALL,), search=SearchPrice(nano_usd=9, tokens=50, most_calls=3))
    assert searching.cost(usage(1, searches=2)) == 100 + 2 * 9
    assert PRICE.cost(usage(1, searches=2)) == 100


@pytest.mark.parametrize(
    ("writes", "price"), [(CacheWrites.NONE, 100), (CacheWrites.FIVE_MINUTES, 125), (CacheWrites.HOUR, 200)]
)
def test_the_most_that_input_costs_depends_on_what_a_request_may_write_to_a_cache(
    writes: CacheWrites, price: int
) -> None:
    assert PRICE.most(input_tokens=999, output_tokens=2, cache_writes=writes) == 999 * price + 2 * 500


def test_the_most_is_of_the_dearest_tier_that_can_be_reached() -> None:
    assert PRICE.most(input_tokens=1000, output_tokens=1, cache_writes=CacheWrites.NONE) == 1000 * 300 + 700
    assert PRICE.most(input_tokens=999, output_tokens=1, cache_writes=CacheWrites.NONE) == 999 * 100 + 500


def test_a_cheaper_tier_above_a_dearer_one_does_not_lower_the_most() -> None:
    falling = Price("v", (TokenPrices(0, 300, 30, 300, 700), TokenPrices(10, 100, 10, 100, 500)))
    assert falling.most(input_tokens=10 * A_TOKEN, output_tokens=0, cache_writes=CacheWrites.NONE) == 10 * 300


def test_a_cached_input_that_is_dearer_than_others_is_the_most() -> None:
    odd = Price("v", (TokenPrices(0, input=1, cached_input=7, cache_write=1, output=1),))
    assert odd.most(input_tokens=A_TOKEN, output_tokens=0, cache_writes=CacheWrites.NONE) == 7


def test_the_most_tokens_of_media_are_as_declared() -> None:
    declared = TokenMaximums(image=1500, document=1000, document_kib=300)
    pdf = document("/x", b"a" * 4 * 1024)
    assert declared.of(image("/x", b"")) == 1500
    assert declared.of(pdf) == 1000 + 3 * 300, "three KiB, decoded"
    assert declared.of(linked_document("/x", b"")) is None, "nobody knows how long it is"
    assert TokenMaximums(document=1000).of(linked_document("/x", b"")) == 1000
    assert TokenMaximums().of(pdf) is None
    assert TokenMaximums().of(image("/x", b"")) is None
