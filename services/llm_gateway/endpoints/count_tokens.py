"""How many tokens a request has, asked of the provider that would serve it: it costs nothing, so nothing is held."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.pricing.bounds import BYTES_A_TOKEN
from llm_gateway.providers.anthropic import AnthropicCompatibleProvider
from llm_gateway.routing.routes import Target
from llm_gateway.routing.serving import Serving
from llm_gateway.stages.authenticator import Authenticator, read_credential
from llm_gateway.stages.call import Client, PlainAnswer
from llm_gateway.wires.accepted import check_body
from llm_gateway.wires.messages.request import read_messages_request

_JSON = "application/json"


class TokenCounting:
    """`POST /v1/messages/count_tokens`."""

    def __init__(self, authenticate: Authenticator, serving: Serving) -> None:
        self._authenticate = authenticate
        self._serving = serving

    async def answer(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: UUID,
        trace_id: str | None,  # noqa: ARG002
        client: Client,  # noqa: ARG002
    ) -> PlainAnswer:
        await self._authenticate(read_credential(headers))
        check_body(body)
        request = read_messages_request(body, headers, needs_limit=False)
        targets = self._serving.routes.resolve(request.model, request.dialect).targets
        for target in targets:
            if isinstance(target.provider, AnthropicCompatibleProvider):
                return await self._count(target.provider, target.model, request, request_id)
        return _estimated(request, targets[0])

    async def _count(
        self, provider: AnthropicCompatibleProvider, model: str, request: ModelRequest, request_id: UUID
    ) -> PlainAnswer:
        try:
            async with asyncio.timeout(provider.timeouts.first_token):
                answer = await provider.count_tokens(request, model=model, client_request_id=str(request_id))
                counted = await answer.whole()
        except TimeoutError as error:
            raise UpstreamFailed(
                "upstream_timeout", billing=Billing.NONE, retryable=True, trips_breaker=False
            ) from error
        return PlainAnswer(200, _JSON, counted)


def _estimated(request: ModelRequest, target: Target) -> PlainAnswer:
    """Where no provider of the model counts: what is asked before a call holds, told as what it is."""
    media = sum(target.price.most_of.of(one) or 0 for one in request.media)
    tokens = -(-request.text_tokens // BYTES_A_TOKEN) + media
    return PlainAnswer(200, _JSON, f'{{"input_tokens":{tokens}}}'.encode(), (("x-lockstep-counted", "estimate"),))
