"""What the gateway asks of a provider, and how a provider fails."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.dialects.base import Dialect
from llm_gateway.request import ChatRequest
from llm_gateway.usage import Usage


class Billing(StrEnum):
    """What is known about the bill of an attempt that failed."""

    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """One attempt of a call that came to nothing, as its caller may know it."""

    provider: str
    model: str
    code: str
    status: int | None


class UpstreamFailed(Exception):
    """An attempt came to nothing; `status` is the provider's where it answered."""

    def __init__(
        self,
        code: str,
        *,
        billing: Billing,
        retryable: bool,
        trips_breaker: bool,
        status: int | None = None,
        retry_after: float | None = None,
        message: str | None = None,
        parameter: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.billing = billing
        self.retryable = retryable
        self.trips_breaker = trips_breaker
        self.status = status
        self.retry_after = retry_after
        self.message = message
        self.parameter = parameter
        self.request_id = request_id
        self.refuses = code in _REFUSALS
        """Whether this target will not answer this request, while another one may."""
        self.attempts: tuple[FailedAttempt, ...] = ()
        """All attempts of the call that this failure ends."""


_REFUSALS = frozenset({"upstream_refused", "model_not_found"})


def refusal(code: str, *, status: int, request_id: str | None) -> UpstreamFailed:
    """A provider will not answer this request, however often it is asked, and bills nothing."""
    return UpstreamFailed(
        code, billing=Billing.NONE, retryable=False, trips_breaker=False, status=status, request_id=request_id
    )


def broken_off(code: str, *, request_id: str | None = None, status: int | None = None) -> UpstreamFailed:
    """A provider's failure in the middle of an answer: what it costs is not known."""
    return UpstreamFailed(
        code, billing=Billing.UNKNOWN, retryable=True, trips_breaker=True, status=status, request_id=request_id
    )


def client_gone() -> UpstreamFailed:
    """The caller left, and the answer was broken off for that."""
    return UpstreamFailed("client_gone", billing=Billing.UNKNOWN, retryable=False, trips_breaker=False)


def malformed() -> UpstreamFailed:
    """What came is not what this wire says."""
    return broken_off("upstream_malformed")


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


class UpstreamAnswer(Protocol):
    """A 200 on its way."""

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


class EventReader(Protocol):
    """Reads one stream."""

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; `UpstreamFailed` on malformed ones."""
        ...


class Provider(Protocol):
    """One configured provider in one dialect."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def name(self) -> str: ...

    @property
    def timeouts(self) -> TimeoutsConfig: ...

    def body(self, request: ChatRequest, *, model: str, max_output: int) -> bytes:
        """The request as this provider takes it: the caller's fields, with the governed ones put in."""
        ...

    async def send(self, body: bytes, *, request: ChatRequest, client_request_id: str) -> UpstreamAnswer:
        """Dispatch a body made from `request`; returns on a 200, raises `UpstreamFailed` on anything else."""
        ...

    def usage_of(self, body: bytes) -> Usage | None:
        """The usage in a plain answer's body; `UpstreamFailed` when the body is not an answer."""
        ...

    def reader(self, *, wants_usage: bool) -> EventReader:
        """A reader for a new stream; usage that only the gateway asked for is kept from the caller."""
        ...

    async def close(self) -> None: ...
