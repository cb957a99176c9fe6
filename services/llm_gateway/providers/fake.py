"""A provider in memory: it speaks a real wire, answers what it was given, and fails as providers fail."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.failures import UpstreamFailed, broken_off
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventReader, Server
from llm_gateway.wires.registry import WIRES


class FakeAnswer:
    """A 200 whose body comes in these chunks; one that is `cut` breaks off after them."""

    def __init__(self, *chunks: bytes, is_cut: bool = False, request_id: str | None = "fake-request") -> None:
        self.request_id = request_id
        self.closed = False
        self._chunks = chunks
        self._is_cut = is_cut

    async def chunks(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            if self.closed:
                break
            yield chunk
        if self._is_cut or self.closed:
            raise broken_off("upstream_cut", request_id=self.request_id)

    async def whole(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True, slots=True)
class SentBody:
    """What a provider was sent, and under which id of ours."""

    body: bytes
    client_request_id: str


@dataclass(slots=True)
class FakeProvider:
    """`outcomes` are given in their order, one for each call; a failure is raised."""

    dialect: Dialect
    outcomes: Sequence[FakeAnswer | UpstreamFailed] = ()
    name: str = "fake"
    timeouts: TimeoutsConfig = field(default_factory=TimeoutsConfig)
    server: Server = field(default_factory=Server)
    sent: list[SentBody] = field(default_factory=list)
    is_closed: bool = False
    _left: deque[FakeAnswer | UpstreamFailed] = field(init=False)

    def __post_init__(self) -> None:
        self._left = deque(self.outcomes)

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        return WIRES[self.dialect].write_request(request, model=model, max_output=max_output, server=self.server)

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> FakeAnswer:  # noqa: ARG002
        return self._next(body, client_request_id)

    async def count_tokens(self, request: ModelRequest, *, model: str, client_request_id: str) -> FakeAnswer | None:
        if (counting := WIRES[self.dialect].counting) is None:
            return None
        return self._next(counting.write_request(request, model), client_request_id)

    def usage_of(self, body: bytes) -> Usage | None:
        return WIRES[self.dialect].read_usage(body)

    def reader(self, *, wants_usage: bool) -> EventReader:
        new_reader = WIRES[self.dialect].new_reader
        if new_reader is None:
            raise TypeError(f"{self.dialect} does not stream")
        return new_reader(wants_usage)

    async def close(self) -> None:
        self.is_closed = True

    def _next(self, body: bytes, client_request_id: str) -> FakeAnswer:
        if self.is_closed:
            raise RuntimeError("this provider is closed")
        self.sent.append(SentBody(body, client_request_id))
        outcome = self._left.popleft()
        if isinstance(outcome, UpstreamFailed):
            raise outcome
        return outcome
