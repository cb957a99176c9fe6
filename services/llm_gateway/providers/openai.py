"""OpenAI's chat completions."""

import msgspec

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.dialects.base import Dialect
from llm_gateway.providers.http import HttpAnswer, HttpTransport
from llm_gateway.providers.openai_events import CompletionsReader, read_usage
from llm_gateway.request import ChatRequest
from llm_gateway.usage import Usage

_encoder = msgspec.json.Encoder()


class OpenAIProvider:
    """Requests that name no limit get one under this name; the service tier is pinned, since prices depend on it."""

    dialect = Dialect.OPENAI
    limit_field = "max_completion_tokens"
    pinned: tuple[tuple[str, bytes], ...] = (("service_tier", b'"default"'),)

    def __init__(self, name: str, base_url: str, *, key: str | None, timeouts: TimeoutsConfig) -> None:
        self.name = name
        self.timeouts = timeouts
        credentials = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._transport = HttpTransport(f"{base_url}/chat/completions", credentials=credentials, timeouts=timeouts)

    def body(self, request: ChatRequest, *, model: str, max_output: int) -> bytes:
        fields = dict(request.fields)
        fields["model"] = msgspec.Raw(_encoder.encode(model))
        if request.max_output is None:
            for absent in ("max_tokens", "max_completion_tokens"):
                fields.pop(absent, None)
            fields[self.limit_field] = msgspec.Raw(str(max_output).encode())
        for field, value in self.pinned:
            fields[field] = msgspec.Raw(value)
        if request.streamed:
            fields["stream_options"] = msgspec.Raw(b'{"include_usage":true}')
        return _encoder.encode(fields)

    async def send(self, body: bytes, *, request: ChatRequest, client_request_id: str) -> HttpAnswer:  # noqa: ARG002
        return await self._transport.post(body, client_request_id=client_request_id)

    def usage_of(self, body: bytes) -> Usage | None:
        return read_usage(body)

    def reader(self, *, wants_usage: bool) -> CompletionsReader:
        return CompletionsReader(wants_usage=wants_usage)

    async def close(self) -> None:
        await self._transport.close()
