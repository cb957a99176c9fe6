"""OpenAI's chat completions, Responses and embeddings."""

import msgspec

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.providers.http import HttpAnswer, HttpTransport
from llm_gateway.wires.base import EventReader
from llm_gateway.wires.chat import events as openai_events
from llm_gateway.wires.embeddings import usage as embeddings_usage
from llm_gateway.wires.responses import events as responses_events

_encoder = msgspec.json.Encoder()
DEFAULT_TIER: tuple[tuple[str, bytes], ...] = (("service_tier", b'"default"'),)
"""Pinned, since prices depend on it."""


_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")


class _OpenAIWire:
    """What its wires have in common: a path, a key, and a body of the caller's fields with the governed ones put in."""

    dialect: Dialect
    path: str

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        key: str | None,
        timeouts: TimeoutsConfig,
        pinned: tuple[tuple[str, bytes], ...] = (),
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self._pinned = pinned
        credentials = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._transport = HttpTransport(f"{base_url}/{self.path}", credentials=credentials, timeouts=timeouts)

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> HttpAnswer:  # noqa: ARG002
        return await self._transport.post(body, client_request_id=client_request_id)

    async def close(self) -> None:
        await self._transport.close()

    def _fields(self, request: ModelRequest, *, model: str) -> dict[str, msgspec.Raw]:
        fields = dict(request.fields)
        fields["model"] = msgspec.Raw(_encoder.encode(model))
        for field, value in self._pinned:
            fields[field] = msgspec.Raw(value)
        return fields


class CompletionsWire(_OpenAIWire):
    """Chat completions; whatever its caller calls the limit, the server gets it under the one name that it knows."""

    dialect = Dialect.CHAT
    path = "chat/completions"
    limit_name: str

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        fields = self._fields(request, model=model)
        for name in _LIMIT_NAMES:
            fields.pop(name, None)
        fields[self.limit_name] = msgspec.Raw(str(max_output).encode())
        if request.streamed:
            fields["stream_options"] = msgspec.Raw(b'{"include_usage":true}')
        return _encoder.encode(fields)

    def usage_of(self, body: bytes) -> Usage | None:
        return openai_events.read_usage(body)

    def reader(self, *, wants_usage: bool) -> EventReader:
        return openai_events.CompletionsReader(wants_usage=wants_usage)


class ResponsesWire(_OpenAIWire):
    dialect = Dialect.RESPONSES
    path = "responses"

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        fields = self._fields(request, model=model)
        fields["max_output_tokens"] = msgspec.Raw(str(max_output).encode())
        return _encoder.encode(fields)

    def usage_of(self, body: bytes) -> Usage | None:
        return responses_events.read_usage(body)

    def reader(self, *, wants_usage: bool) -> EventReader:  # noqa: ARG002  # usage is part of this wire
        return responses_events.ResponsesReader()


class EmbeddingsWire(_OpenAIWire):
    dialect = Dialect.EMBEDDINGS
    path = "embeddings"

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:  # noqa: ARG002  # has no output
        return _encoder.encode(self._fields(request, model=model))

    def usage_of(self, body: bytes) -> Usage | None:
        return embeddings_usage.read_usage(body)

    def reader(self, *, wants_usage: bool) -> EventReader:  # noqa: ARG002
        raise TypeError("embeddings do not stream")
