"""A provider over HTTP: one wire at one base URL, with one key."""

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.providers.http import HttpAnswer, HttpTransport
from llm_gateway.wires.base import EventReader, Server, Wire


class HttpProvider:
    """It asks its wire for all that depends on the vendor."""

    def __init__(
        self, wire: Wire, name: str, base_url: str, *, key: str | None, timeouts: TimeoutsConfig, server: Server
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self.dialect: Dialect = wire.dialect
        self._wire = wire
        self._server = server
        credentials = {} if key is None else wire.credentials(key)
        self._calls = HttpTransport(f"{base_url}/{wire.provider_path}", credentials=credentials, timeouts=timeouts)
        self._counting = None
        if wire.counting is not None:
            url = f"{base_url}/{wire.counting.provider_path}"
            self._counting = HttpTransport(url, credentials=credentials, timeouts=timeouts)

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        return self._wire.write_request(request, model=model, max_output=max_output, server=self._server)

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> HttpAnswer:
        return await self._calls.post(body, client_request_id=client_request_id, headers=request.forwarded)

    async def count_tokens(self, request: ModelRequest, *, model: str, client_request_id: str) -> HttpAnswer | None:
        counting = self._wire.counting
        if counting is None or self._counting is None:
            return None
        body = counting.write_request(request, model)
        return await self._counting.post(body, client_request_id=client_request_id, headers=request.forwarded)

    def usage_of(self, body: bytes) -> Usage | None:
        return self._wire.read_usage(body)

    def reader(self, *, wants_usage: bool) -> EventReader:
        if self._wire.new_reader is None:
            raise TypeError(f"{self.dialect} does not stream")
        return self._wire.new_reader(wants_usage)

    async def close(self) -> None:
        await self._calls.close()
        if self._counting is not None:
            await self._counting.close()
