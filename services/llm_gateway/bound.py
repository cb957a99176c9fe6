"""The most that a call can take: a true bound, never an estimate."""

from dataclasses import dataclass

from foundation.domain.errors import BadRequest
from foundation.domain.money import MAX_AMOUNT
from llm_gateway.prices import Price
from llm_gateway.request import ChatRequest


class Unpriced(BadRequest):
    code = "model_not_priced"


@dataclass(frozen=True, slots=True)
class Bound:
    """Upper bounds of one attempt; `max_output` is what each choice may take."""

    input_tokens: int
    output_tokens: int
    nano_usd: int
    max_output: int

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


def bound_of(request: ChatRequest, *, prices: list[Price], default_output: int) -> Bound:
    """The bound over every model that may serve the request."""
    input_tokens = request.text_tokens + request.images * _dearest_image(prices, images=request.images)
    max_output = default_output if request.max_output is None else request.max_output
    output_tokens = max_output * request.choices
    nano_usd = max(
        price.most(input_tokens=input_tokens, output_tokens=output_tokens, cache_writes=request.cache_writes)
        for price in prices
    )
    if max(nano_usd, input_tokens + output_tokens) > MAX_AMOUNT:
        raise BadRequest("max_tokens asks for more than any budget can hold")
    return Bound(input_tokens=input_tokens, output_tokens=output_tokens, nano_usd=nano_usd, max_output=max_output)


def _dearest_image(prices: list[Price], *, images: int) -> int:
    if not images:
        return 0
    declared = [price.max_tokens_per_image for price in prices]
    known = [tokens for tokens in declared if tokens is not None]
    if len(known) < len(declared):
        raise BadRequest("a message has an image, audio or file, for which the model declares no maximum")
    return max(known)
