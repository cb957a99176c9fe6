"""Says what calls may take before they are made, by the same bounds that are reserved for them."""

from collections.abc import Sequence

from foundation.contracts.gateway.call_estimates import CallBounds, CallEstimates, CallShape, CallsInQuestion
from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.errors import LockstepError
from foundation.domain.money import NOTHING, Amount
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.planning.order import order_targets
from llm_gateway.pricing.bounds import bound_of
from llm_gateway.routing.routes import Route, Target
from llm_gateway.routing.serving import Serving
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD

_LONGEST_TOKEN = 256
"""Bytes: no vocabulary of a served model has a longer token, the longest known ones being runs of 128 blanks."""
_SHORTEST_MESSAGE = len('{"role":"user","content":""}')
_TRANSLATED = 256
"""Bytes by which a request, a message or a tool may grow when it is written for a provider of another dialect."""


class CallEstimator:
    """Bounds calls of the routes as they are served now; `max_body` is the longest request that is taken."""

    def __init__(self, serving: Serving, *, max_body: int) -> None:
        self._serving = serving
        self._max_body = max_body

    def estimate(self, question: CallsInQuestion) -> CallEstimates:
        return CallEstimates(calls=[self._bounds(shape, question.rules) for shape in question.calls])

    def _bounds(self, shape: CallShape, rules: ProviderRules | None) -> CallBounds:
        try:
            route = self._serving.routes.resolve(shape.model, Dialect.CHAT)
            # A caller who has spent most of a budget may be served by the route's cheaper target.
            cheaper = route.cheaper is not None
            targets = order_targets(route, is_critical=True, prefers_cheaper=cheaper, rules=rules)
        except LockstepError as error:
            why = error.detail if error.remedy is None else f"{error.detail}; {error.remedy}"
            return CallBounds(least=NOTHING, most=NOTHING, smooth=NOTHING, refused=why, refused_code=error.code)
        longest = self._max_body if shape.text.most is None else min(shape.text.most, self._max_body)
        usual = min(shape.text.smooth, longest)
        once = self._most(shape, targets, longest, CacheWrites.HOUR)
        attempts = attempts_at_most(route, targets)
        return CallBounds(
            least=_least(shape, targets),
            most=Amount(once.tokens * attempts, once.nano_usd * attempts),
            smooth=self._most(shape, targets, usual, CacheWrites.FIVE_MINUTES),
        )

    def _most(self, shape: CallShape, targets: Sequence[Target], size: int, cache_writes: CacheWrites) -> Amount:
        """What one attempt is held for at most, wherever it goes."""
        messages = size // _SHORTEST_MESSAGE + 1 if shape.messages is None else shape.messages
        request = ModelRequest(
            dialect=Dialect.CHAT,
            model=shape.model,
            streamed=False,
            wants_usage=False,
            choices=1,
            max_output=shape.max_output,
            text_tokens=size + _overheads(messages=messages, tools=shape.tools, targets=targets),
            cache_writes=cache_writes,
            fields={},
        )
        bound = bound_of(
            request,
            prices=[target.price for target in targets],
            default_output=max(target.default_output for target in targets),
        )
        return Amount(bound.tokens, bound.nano_usd)


def attempts_at_most(route: Route, targets: Sequence[Target]) -> int:
    """How often one call can be sent: a target that refuses what is asked does not count among the route's attempts."""
    return route.attempts + len(targets) - 1


def _overheads(*, messages: int, tools: int, targets: Sequence[Target]) -> int:
    own = REQUEST_OVERHEAD + messages * MESSAGE_OVERHEAD + tools * TOOL_OVERHEAD
    translated = any(target.translation is not None for target in targets)
    return own + (_TRANSLATED * (1 + messages + tools) if translated else 0)


def _least(shape: CallShape, targets: Sequence[Target]) -> Amount:
    tokens = max(1, -(-shape.text.least // _LONGEST_TOKEN))
    return Amount(tokens, min(target.price.least(input_tokens=tokens) for target in targets))
