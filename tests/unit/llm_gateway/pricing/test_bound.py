"""The bound is one: whatever a provider counts stays below it, and what cannot be bounded is refused."""

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.gateway.budget_policy import BoundKind, Bounds
from foundation.domain.errors import BadRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.pricing.bounds import bound_of, chosen_bound
from llm_gateway.pricing.prices import Price, TokenMaximums, TokenPrices
from llm_gateway.wires.chat.request import read_chat_request
from simulated_provider.answers.tokens import count_request

A_TOKEN = 1_000_000
"""Prices are of a million tokens: this many times what a single token costs, which no rounding hides."""


def rates(from_input_tokens: int, *a_token: int) -> TokenPrices:
    """Nano-dollars a token of input, cached input, cache write and output."""
    return TokenPrices(from_input_tokens, *(price * A_TOKEN for price in a_token))


CHEAP = Price("v", (rates(0, 100, 50, 125, 400),))
TIERED = Price("v", (rates(0, 100, 50, 100, 400), rates(1000, 300, 150, 310, 900)))
IMAGES = Price("v", (rates(0, 100, 50, 100, 400),), TokenMaximums(image=1500))

TEXT = st.text(max_size=200)
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "system", "tool"]), "content": TEXT}),
    min_size=1,
    max_size=8,
)
TOOLS = st.lists(
    st.fixed_dictionaries({"type": st.just("function"), "function": st.fixed_dictionaries({"name": TEXT})}), max_size=4
)


def request_of(body: dict[str, Any], *, escaped: bool = True) -> Any:
    text = json.dumps(body, ensure_ascii=escaped)
    return read_chat_request(text.encode("utf-8", "surrogatepass" if escaped else "strict"))


@given(messages=MESSAGES, tools=TOOLS, escaped=st.booleans(), choices=st.integers(1, 5), limit=st.integers(1, 500))
def test_no_usage_within_the_limits_costs_more_than_the_bound(
    messages: list[Any], tools: list[Any], choices: int, limit: int, *, escaped: bool
) -> None:
    body = {"model": "m", "messages": messages, "tools": tools, "n": choices, "max_tokens": limit}
    bound = bound_of(request_of(body, escaped=escaped), prices=[CHEAP, TIERED], default_output=9)
    counted = count_request(body)
    text = "".join(message["content"] for message in messages)
    assert counted <= bound.input_tokens
    assert len(text.encode("utf-8", "surrogatepass")) <= bound.input_tokens
    for cached in (0, bound.input_tokens):
        usage = Usage(input_tokens=bound.input_tokens, cached_input_tokens=cached, output_tokens=choices * limit)
        assert max(CHEAP.cost(usage), TIERED.cost(usage)) <= bound.nano_usd


def test_a_request_without_a_limit_is_bounded_by_the_routes() -> None:
    bound = bound_of(request_of({"model": "m", "messages": [{}], "n": 2}), prices=[CHEAP], default_output=70)
    assert (bound.max_output, bound.output_tokens) == (70, 140)


def test_a_schema_for_the_answer_counts_as_prompt() -> None:
    body = {"model": "m", "messages": [{}], "max_tokens": 1}
    schema = {"type": "json_schema", "json_schema": {"name": "x" * 500}}
    without = bound_of(request_of(body), prices=[CHEAP], default_output=1)
    with_schema = bound_of(request_of({**body, "response_format": schema}), prices=[CHEAP], default_output=1)
    assert with_schema.input_tokens == without.input_tokens + len(json.dumps(schema))


def test_a_cache_write_premium_is_part_of_the_bound() -> None:
    bound = bound_of(request_of({"model": "m", "messages": [{}], "max_tokens": 1}), prices=[CHEAP], default_output=1)
    usage = Usage(input_tokens=bound.input_tokens, cache_write_tokens=bound.input_tokens, output_tokens=1)
    assert CHEAP.cost(usage) == bound.nano_usd


def test_an_image_needs_a_declared_maximum_of_every_model_on_the_route() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "x" * 9000}}
    body = {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "see"}, image]}]}
    with pytest.raises(BadRequest, match="declares no maximum"):
        bound_of(request_of(body), prices=[IMAGES, CHEAP], default_output=1)
    bound = bound_of(request_of(body), prices=[IMAGES], default_output=1)
    assert 1500 < bound.input_tokens < 3000


def test_a_tier_takes_the_whole_call_to_its_price_from_its_size_on() -> None:
    assert TIERED.cost(Usage(input_tokens=999, output_tokens=0)) == 999 * 100
    assert TIERED.cost(Usage(input_tokens=1000, output_tokens=0)) == 1000 * 300
    parts = {"cached_input_tokens": 100, "cache_write_tokens": 10, "output_tokens": 7}
    assert TIERED.cost(Usage(input_tokens=999, **parts)) == 889 * 100 + 100 * 50 + 10 * 100 + 7 * 400
    assert TIERED.cost(Usage(input_tokens=1000, **parts)) == 890 * 300 + 100 * 150 + 10 * 310 + 7 * 900


def test_a_bound_is_that_of_the_dearest_tier_that_the_input_can_reach() -> None:
    assert TIERED.most(input_tokens=999, output_tokens=7) == 999 * 100 + 7 * 400
    assert TIERED.most(input_tokens=1000, output_tokens=7) == 1000 * 310 + 7 * 900


def test_a_cost_is_rounded_up_once_and_not_for_each_part() -> None:
    third = Price("v", (TokenPrices(0, 333_333, 333_333, 333_333, 333_333),))
    assert third.cost(Usage(input_tokens=1, output_tokens=1)) == 1
    assert third.cost(Usage(input_tokens=2, output_tokens=2)) == 2
    assert third.cost(Usage(input_tokens=0, output_tokens=0)) == 0


ESTIMATE = Bounds(mode=BoundKind.ESTIMATE, margin=Decimal("1.5"), typical_output=100)


@given(messages=MESSAGES, choices=st.integers(1, 5), limit=st.integers(1, 500))
def test_an_estimate_is_never_above_the_strict_bound_which_it_keeps(
    messages: list[Any], choices: int, limit: int
) -> None:
    request = request_of({"model": "m", "messages": messages, "n": choices, "max_tokens": limit})
    strict = bound_of(request, prices=[CHEAP, TIERED], default_output=9)
    estimate = chosen_bound(strict, request, prices=[CHEAP, TIERED], by=ESTIMATE)
    assert estimate.input_tokens == min(strict.input_tokens, math.ceil(-(-request.text_tokens // 3) * 1.5))
    assert estimate.output_tokens == min(limit, math.ceil(min(limit, 100) * 1.5)) * choices
    assert estimate.nano_usd <= strict.nano_usd
    # what the provider may write is what was asked for, not what is typical
    assert (estimate.max_output, estimate.kind, estimate.strict) == (limit, BoundKind.ESTIMATE, strict)


def test_the_strict_bound_is_chosen_where_nothing_else_was() -> None:
    request = request_of({"model": "m", "messages": [{}], "max_tokens": 1})
    strict = bound_of(request, prices=[CHEAP], default_output=1)
    assert chosen_bound(strict, request, prices=[CHEAP], by=Bounds()) is strict
    assert strict.kind is BoundKind.STRICT


def test_an_image_counts_in_an_estimate_as_it_is_declared() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "x" * 9000}}
    request = request_of({"model": "m", "messages": [{"role": "user", "content": [image]}]})
    strict = bound_of(request, prices=[IMAGES], default_output=1)
    estimate = chosen_bound(strict, request, prices=[IMAGES], by=Bounds(mode=BoundKind.ESTIMATE, margin=Decimal(1)))
    assert 1500 < estimate.input_tokens < strict.input_tokens
