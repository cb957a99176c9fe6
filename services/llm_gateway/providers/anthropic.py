"""Anthropic's messages."""

import msgspec

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.providers.http import HttpAnswer, HttpTransport
from llm_gateway.wires.messages.events import MessagesReader, read_usage

_encoder = msgspec.json.Encoder()


class AnthropicCompatibleProvider:
    """Any server that speaks Anthropic's messages; a version is the caller's to name."""

    dialect = Dialect.MESSAGES
    pinned: tuple[tuple[str, bytes], ...] = ()

    def __init__(self, name: str, base_url: str, *, key: str | None, timeouts: TimeoutsConfig) -> None:
        self.name = name
        self.timeouts = timeouts
        credentials = {} if key is None else {"x-api-key": key}
        self._messages = HttpTransport(f"{base_url}/messages", credentials=credentials, timeouts=timeouts)
        self._counting = HttpTransport(f"{base_url}/messages/count_tokens", credentials=credentials, timeouts=timeouts)

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        fields = dict(request.fields)
        fields["model"] = msgspec.Raw(_encoder.encode(model))
        fields["max_tokens"] = msgspec.Raw(str(max_output).encode())
        for field, value in self.pinned:
            fields[field] = msgspec.Raw(value)
        return _encoder.encode(fields)

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> HttpAnswer:
        return await self._messages.post(body, client_request_id=client_request_id, headers=request.forwarded)

    async def count_tokens(self, request: ModelRequest, *, model: str, client_request_id: str) -> HttpAnswer:
        """How many tokens the request's input has, in the provider's own words; costs nothing."""
        body = _encoder.encode({**request.fields, "model": msgspec.Raw(_encoder.encode(model))})
        return await self._counting.post(body, client_request_id=client_request_id, headers=request.forwarded)

    def usage_of(self, body: bytes) -> Usage | None:
        return read_usage(body)

    def reader(self, *, wants_usage: bool) -> MessagesReader:  # noqa: ARG002  # usage is part of this wire
        return MessagesReader()

    async def close(self) -> None:
        await self._messages.close()
        await self._counting.close()


class AnthropicProvider(AnthropicCompatibleProvider):
    """The vendor's own: the service tier is pinned, since prices depend on it."""

    pinned = (("service_tier", b'"standard_only"'),)
