"""What the gateway has to know of a wire: each folder beside this file exports one `WIRE`, all listed in `registry`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.errors import ErrorAnswer

CallError = LockstepError | UpstreamFailed


class EventKind(StrEnum):
    """What one event of a stream means to the gateway."""

    CONTENT = "content"
    USAGE = "usage"
    DONE = "done"
    ERROR = "error"


class StreamEvent(msgspec.Struct, frozen=True):
    """One event; `wire` is what the caller gets of it, empty for what only the gateway asked for."""

    kind: EventKind
    wire: bytes
    usage: Usage | None = None


class EventReader(Protocol):
    """Reads the events of one stream."""

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; `UpstreamFailed` on malformed ones."""
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """What the body of a request depends on at the server that takes it."""

    is_vendors_own: bool = False
    """At the vendor's own server the service tier is pinned, since prices depend on it."""
    limit_name: str | None = None
    """The name under which the server knows the limit of an answer, where its wire has several."""


class RequestWriter(Protocol):
    """Writes a wire's request for one target."""

    def __call__(self, request: ModelRequest, *, model: str, max_output: int, server: Server) -> bytes:
        """The body for a provider: the caller's fields as they came, with those that the gateway governs put in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingEndpoint:
    """A path of a wire on which clients ask how many tokens a request has."""

    path: str
    provider_path: str
    """Below a provider's base URL."""
    read_request: Callable[[bytes, Mapping[str, str]], ModelRequest]
    write_request: Callable[[ModelRequest, str], bytes]
    """Of the request and the provider's model."""
    write_estimate: Callable[[int], bytes]
    """The answer where no provider of the model counts, of the tokens that the gateway estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """All parts of a wire; none has a default, so that a new wire says None for what it does not have."""

    dialect: Dialect
    vendor: str
    """Whose wire it is: the adapter of that name reaches the vendor's own servers."""

    path: str
    """The path on which the gateway serves it."""
    client_header: str | None
    """A header by which this vendor's clients are known on paths that are not served, or that all vendors have."""
    request_id_headers: tuple[str, ...]
    """Where the vendor's clients look for the id of their request."""
    read_request: Callable[[bytes, Mapping[str, str]], ModelRequest]
    """Reads a caller's body and headers; `BadRequest` with the place of what is wrong."""
    error_answer: Callable[[CallError, str], ErrorAnswer]
    """Of the error and the request's id, as is the event."""
    error_event: Callable[[CallError, str], bytes]
    """The last event of a stream that did not end well; the vendor's own ending does not follow it."""
    list_models: Callable[[Sequence[str]], dict[str, Any]]
    show_model: Callable[[str], dict[str, Any]]

    provider_path: str
    """Below a provider's base URL."""
    credentials: Callable[[str], Mapping[str, str]]
    """The headers that carry a provider's key."""
    read_translated: Callable[[bytes], ModelRequest]
    """Reads a body that a translation from another dialect wrote, which has no limit of its answer yet."""
    write_request: RequestWriter
    read_usage: Callable[[bytes], Usage | None]
    """The usage in a plain answer; None where it is not there, `UpstreamFailed` when the body is no answer."""
    new_reader: Callable[[bool], EventReader] | None
    """A reader for one stream, of whether the caller wants its usage; None of a wire that does not stream."""
    counting: CountingEndpoint | None
