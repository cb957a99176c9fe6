"""The most that a call can take; where its tenant asked for that, an estimate below it."""

import math
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from foundation.contracts.gateway.budget_policy import BoundKind, Bounds
from foundation.domain.errors import BadRequest, Fault
from foundation.domain.money import MAX_AMOUNT
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.pricing.prices import Price
from llm_gateway.wires.allow_lists import not_covered, refused

BYTES_A_TOKEN = 3
"""What an estimate takes a token for: English has about four bytes a token, code and other scripts two or three. No
tokenizer is that of every provider, and a margin is added."""


LEAST_OUTPUT = 1024
"""Tokens of an answer below which a limit that nobody asked for is not lowered: it would cut most answers."""


class Unpriced(BadRequest):
    """A model that has no price cannot be bounded, so it is not called."""

    code = "model_not_priced"


class Bound(msgspec.Struct, frozen=True):
    """Upper bounds of one attempt; `max_output` is what each choice may take.

    Those of an estimate may be passed, but not those of the `strict` bound that it keeps.
    """

    input_tokens: int
    output_tokens: int
    nano_usd: int
    max_output: int
    strict: "Bound | None" = None

    @property
    def kind(self) -> BoundKind:
        return BoundKind.STRICT if self.strict is None else BoundKind.ESTIMATE

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


def bound_of(request: ModelRequest, *, prices: Sequence[Price], default_output: int) -> Bound:
    """The bound over every model that may serve the request."""
    input_tokens = request.text_tokens + (_dearest_media(request, prices) if request.media else 0)
    if request.searches:
        input_tokens = _with_results(input_tokens, request.searches, prices)
    max_output = default_output if request.max_output is None else request.max_output
    output_tokens = max_output * request.choices
    nano_usd = _dearest(request, prices, input_tokens=input_tokens, output_tokens=output_tokens)
    if max(nano_usd, input_tokens + output_tokens) > MAX_AMOUNT:
        raise BadRequest("max_tokens asks for more than any budget can hold", remedy="ask for a shorter answer")
    return Bound(input_tokens=input_tokens, output_tokens=output_tokens, nano_usd=nano_usd, max_output=max_output)


def chosen_bound(strict: Bound, request: ModelRequest, *, prices: Sequence[Price], by: Bounds) -> Bound:
    """The bound that the tenant has chosen: the strict one, or what is counted times the margin where that is less."""
    if by.mode is BoundKind.STRICT:
        return strict
    media = strict.input_tokens - request.text_tokens
    counted = -(-request.text_tokens // BYTES_A_TOKEN) + media
    input_tokens = min(strict.input_tokens, _with_margin(counted, by.margin))
    a_choice = min(strict.max_output, _with_margin(min(strict.max_output, by.typical_output), by.margin))
    output_tokens = a_choice * request.choices
    nano_usd = _dearest(request, prices, input_tokens=input_tokens, output_tokens=output_tokens)
    return Bound(input_tokens, output_tokens, nano_usd, strict.max_output, strict)


def bound_within(
    left: int, unit: str, request: ModelRequest, *, prices: Sequence[Price], by: Bounds, below: int
) -> Bound | None:
    """The largest bound with an answer of less than `below` that takes no more than is left of one limit.

    Where even an answer of `LEAST_OUTPUT` would take more, that one: what others hold may come free. None when there is
    nothing smaller.
    """

    def at(max_output: int) -> Bound:
        strict = bound_of(request, prices=prices, default_output=max_output)
        return chosen_bound(strict, request, prices=prices, by=by)

    if below <= LEAST_OUTPUT:
        return None
    fits, least, most = LEAST_OUTPUT, LEAST_OUTPUT, below - 1
    while least <= most:
        middle = (least + most) // 2
        bound = at(middle)
        if (bound.nano_usd if unit == "nano_usd" else bound.tokens) <= left:
            fits, least = middle, middle + 1
        else:
            most = middle - 1
    return at(fits)


def _with_margin(tokens: int, margin: Decimal) -> int:
    return math.ceil(tokens * margin)


def _with_results(input_tokens: int, searches: int, prices: Sequence[Price]) -> int:
    """What the model is given at most: after each search all that there was before, and its results."""
    results = max(price.search.tokens for price in prices if price.search is not None)
    return (searches + 1) * (input_tokens + searches * results)


def _dearest(request: ModelRequest, prices: Sequence[Price], *, input_tokens: int, output_tokens: int) -> int:
    def most(price: Price) -> int:
        tokens = price.most(input_tokens=input_tokens, output_tokens=output_tokens, cache_writes=request.cache_writes)
        return tokens + (request.searches * price.search.nano_usd if price.search is not None else 0)

    return max(most(price) for price in prices)


def _dearest_media(request: ModelRequest, prices: Sequence[Price]) -> int:
    for price in prices:
        if faults := undeclared(request, price):
            raise refused(faults)
    return max(_media_tokens(request, price) for price in prices)


def _media_tokens(request: ModelRequest, price: Price) -> int:
    return sum(most for media in request.media if (most := price.maximums.of(media)) is not None)


def undeclared(request: ModelRequest, price: Price) -> list[Fault]:
    """The places of what a model declares no maximum for."""
    return [
        not_covered(
            media.place,
            f"this {media.kind.value}",
            instead="the model declares no maximum for it; send its text instead",
        )
        for media in request.media
        if price.maximums.of(media) is None
    ]
