"""What the gateway asks of a provider, and how a provider fails."""

from collections.abc import AsyncIterator
from typing import Protocol

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventReader


class UpstreamAnswer(Protocol):
    """A provider's answer with status 200, whose body is still to be read."""

    @property
    def request_id(self) -> str | None: ...

    @property
    def closed(self) -> bool:
        """Whether we broke it off."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives; `UpstreamFailed` when it breaks off."""
        ...

    async def whole(self) -> bytes:
        """All of it; `UpstreamFailed` when it breaks off."""
        ...

    def close(self) -> None:
        """End it, whatever its state; a reader gets `UpstreamFailed`."""
        ...


class Provider(Protocol):
    """One configured provider in one dialect."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def name(self) -> str: ...

    @property
    def timeouts(self) -> TimeoutsConfig: ...

    def body(self, request: ModelRequest, *, model: str, max_output: int) -> bytes:
        """The request as this provider takes it: the caller's fields, with the governed ones put in."""
        ...

    async def send(self, body: bytes, *, request: ModelRequest, client_request_id: str) -> UpstreamAnswer:
        """Dispatch a body made from `request`; returns on a 200, raises `UpstreamFailed` on anything else."""
        ...

    async def count_tokens(self, request: ModelRequest, *, model: str, client_request_id: str) -> UpstreamAnswer | None:
        """The provider's own answer on how many tokens a request has, free of cost; None where its wire has no such."""
        ...

    def usage_of(self, body: bytes) -> Usage | None:
        """The usage in a plain answer's body; `UpstreamFailed` when the body is not an answer."""
        ...

    def reader(self, *, wants_usage: bool) -> EventReader:
        """A reader for a new stream; usage that only the gateway asked for is kept from the caller."""
        ...

    async def close(self) -> None:
        """Let go of its connections; RuntimeError for whoever asks it after that."""
        ...
