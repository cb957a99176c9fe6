"""What fits into what is left of a limit, and what media, searches and the largest amount do to a bound."""

import json
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from foundation.contracts.gateway.budget_policy import BoundKind, Bounds
from foundation.domain.errors import BadRequest
from foundation.domain.money import MAX_AMOUNT
from llm_gateway.exchange.media import Media, MediaKind
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.pricing.bounds import LEAST_OUTPUT, Bound, bound_of, bound_within, chosen_bound, undeclared
from llm_gateway.pricing.prices import Price, SearchPrice, TokenMaximums, TokenPrices
from llm_gateway.wires.chat.request import read_chat_request

RATES = (TokenPrices(0, 1_000_000, 1_000_000, 1_000_000, 2_000_000),)
"""A nano-dollar a token of input, two a token of output."""
PRICE = Price("v", RATES)
STRICT = Bounds()
IMAGE = Media(MediaKind.IMAGE, "/messages/0/content/0")
PDF = Media(MediaKind.DOCUMENT, "/messages/0/content/1")


def a_request(**more: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    return replace(read_chat_request(json.dumps(body).encode()), text_tokens=100, **more)


def within(left: int, unit: str = "tokens", *, below: int = 5000, by: Bounds = STRICT) -> Bound | None:
    return bound_within(left, unit, a_request(), prices=[PRICE], by=by, below=below)


@pytest.mark.parametrize(
    ("left", "output"),
    [
        (100 + 2000, 2000),
        (100 + LEAST_OUTPUT, LEAST_OUTPUT),
        (100 + LEAST_OUTPUT + 1, LEAST_OUTPUT + 1),
        (100 + LEAST_OUTPUT - 1, LEAST_OUTPUT),
        (0, LEAST_OUTPUT),
        (100 + 4998, 4998),
        (100 + 4999, 4999),
        (10**9, 4999),
    ],
)
def test_the_largest_answer_that_fits_is_found_to_the_token(left: int, output: int) -> None:
    bound = within(left)
    assert bound is not None
    assert (bound.max_output, bound.tokens) == (output, 100 + output)


@pytest.mark.parametrize("over", [0, 1])
def test_dollars_limit_it_as_tokens_do(over: int) -> None:
    bound = within(100 + 2 * 2000 + over, "nano_usd")
    assert bound is not None
    assert (bound.max_output, bound.nano_usd) == (2000, 4100)


@pytest.mark.parametrize(("below", "is_possible"), [(LEAST_OUTPUT, False), (LEAST_OUTPUT + 1, True), (1, False)])
def test_nothing_is_smaller_than_the_least(below: int, *, is_possible: bool) -> None:
    assert (within(10**6, below=below) is not None) is is_possible


def test_an_estimate_that_fits_is_found_by_what_it_holds() -> None:
    estimate = Bounds(mode=BoundKind.ESTIMATE, margin=Decimal(1), typical_output=10)
    bound = within(34 + 10, by=estimate)
    assert bound is not None
    assert (bound.max_output, bound.tokens, bound.kind) == (4999, 44, BoundKind.ESTIMATE)


def test_media_count_as_the_dearest_model_declares_them_also_as_nothing() -> None:
    free, dear = TokenMaximums(image=0, document=7), TokenMaximums(image=5, document=7)
    request = a_request(media=(IMAGE, PDF, IMAGE))
    assert bound_of(request, prices=[Price("v", RATES, free)], default_output=1).input_tokens == 107
    both = [Price("v", RATES, free), Price("v", RATES, dear)]
    assert bound_of(request, prices=both, default_output=1).input_tokens == 100 + 5 + 7 + 5


def test_what_a_model_declares_no_maximum_for_is_told_by_its_place() -> None:
    request = a_request(media=(IMAGE, PDF))
    assert undeclared(request, Price("v", RATES, TokenMaximums(image=1, document=1))) == []
    declared = Price("v", RATES, TokenMaximums(image=1))
    assert [fault.pointer for fault in undeclared(request, declared)] == [PDF.place]
    assert [fault.pointer for fault in undeclared(request, PRICE)] == [IMAGE.place, PDF.place]
    with pytest.raises(BadRequest, match="document"):
        bound_of(request, prices=[Price("v", RATES, TokenMaximums(image=1, document=1)), declared], default_output=1)


def test_after_each_search_the_model_reads_all_there_was_and_its_results() -> None:
    searching = [
        Price("v", RATES, search=SearchPrice(nano_usd=9, tokens=50, most_calls=3)),
        Price("v", RATES, search=SearchPrice(nano_usd=8, tokens=60, most_calls=3)),
    ]
    bound = bound_of(a_request(searches=2), prices=searching, default_output=1)
    assert bound.input_tokens == 3 * (100 + 2 * 60)
    assert bound.nano_usd == bound.input_tokens + 2 + 2 * 9


def test_a_model_that_searches_is_charged_for_no_search_where_none_is_asked_for() -> None:
    price = Price("v", RATES, search=SearchPrice(nano_usd=9, tokens=50, most_calls=3))
    assert bound_of(a_request(), prices=[price], default_output=1).nano_usd == 102


def test_the_largest_amount_can_be_asked_for_and_no_more() -> None:
    free = Price("v", (TokenPrices(0, 0, 0, 0, 0),))
    most = MAX_AMOUNT - 100
    assert bound_of(a_request(), prices=[free], default_output=most).tokens == MAX_AMOUNT
    with pytest.raises(BadRequest, match="max_tokens"):
        bound_of(a_request(), prices=[free], default_output=most + 1)


def test_dollars_have_the_same_end() -> None:
    dear = Price("v", (TokenPrices(0, 0, 0, 0, 1_000_000 * MAX_AMOUNT),))
    assert bound_of(a_request(), prices=[dear], default_output=1).nano_usd == MAX_AMOUNT
    with pytest.raises(BadRequest, match="max_tokens"):
        bound_of(a_request(), prices=[dear], default_output=2)


def test_a_limit_that_is_given_counts_also_where_it_is_nothing() -> None:
    assert bound_of(a_request(max_output=0), prices=[PRICE], default_output=7).output_tokens == 0


@pytest.mark.parametrize(("text", "counted"), [(99, 33), (100, 34), (101, 34), (1, 1), (0, 0)])
def test_an_estimate_takes_three_bytes_for_a_token_rounded_up(text: int, counted: int) -> None:
    request = replace(a_request(), text_tokens=text)
    strict = bound_of(request, prices=[PRICE], default_output=1)
    by = Bounds(mode=BoundKind.ESTIMATE, margin=Decimal(1), typical_output=1)
    assert chosen_bound(strict, request, prices=[PRICE], by=by).input_tokens == counted
