"""How many tokens a request has, asked of the provider that would serve it: it is free, so that nothing is held."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.pipeline import AllowedProviders
from llm_gateway.pricing.bounds import BYTES_A_TOKEN
from llm_gateway.providers.base import Provider
from llm_gateway.routing.routes import Target, allowed_targets
from llm_gateway.routing.serving import Serving
from llm_gateway.stages.authenticator import Authenticator, read_credential
from llm_gateway.stages.call import Client, PlainAnswer
from llm_gateway.stages.call_trace import CallTrace
from llm_gateway.wires.accepted import check_body
from llm_gateway.wires.registry import WIRES

_JSON = "application/json"


class TokenCounting:
    """Answers the counting endpoints of all wires that have one."""

    def __init__(self, authenticator: Authenticator, serving: Serving, allowed: AllowedProviders) -> None:
        self._authenticator = authenticator
        self._serving = serving
        self._allowed = allowed

    async def answer(
        self,
        dialect: Dialect,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: UUID,
        trace: CallTrace | None,
        client: Client,  # noqa: ARG002
    ) -> PlainAnswer:
        counting = WIRES[dialect].counting
        if counting is None:
            raise TypeError(f"tokens are not counted in the dialect {dialect}")
        caller = await self._authenticator.identify(read_credential(headers))
        if trace is not None:
            trace.of_caller(caller)
        check_body(body)
        request = counting.read_request(body, headers)
        route = self._serving.routes.resolve(request.model, request.dialect)
        targets = allowed_targets(route, await self._allowed(caller.tenant_id))
        for target in targets:
            if target.provider.dialect is request.dialect:
                counted = await _count(target.provider, target.model, request, request_id)
                if counted is not None:
                    return PlainAnswer(200, _JSON, counted)
        estimate = counting.write_estimate(_estimate(request, targets[0]))
        return PlainAnswer(200, _JSON, estimate, (("x-lockstep-counted", "estimate"),))


async def _count(provider: Provider, model: str, request: ModelRequest, request_id: UUID) -> bytes | None:
    """The provider's answer; None where it does not count."""
    try:
        async with asyncio.timeout(provider.timeouts.first_token):
            answer = await provider.count_tokens(request, model=model, client_request_id=str(request_id))
            return None if answer is None else await answer.whole()
    except TimeoutError as error:
        # Slow counting says nothing about how the provider answers calls, so its breaker is not told.
        raise UpstreamFailed("upstream_timeout", billing=Billing.NONE, retryable=True, trips_breaker=False) from error


def _estimate(request: ModelRequest, target: Target) -> int:
    """The tokens that a call of this request would hold before it is sent."""
    media = sum(target.price.maximums.of(one) or 0 for one in request.media)
    return -(-request.text_tokens // BYTES_A_TOKEN) + media
