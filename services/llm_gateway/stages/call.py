"""The values that describe a call on its way through the pipeline.

What is created for every call is a msgspec Struct, which is created many times faster than a frozen dataclass.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from foundation.domain.errors import LockstepError
from foundation.domain.ids import new_uuid
from llm_gateway.accounting.usage_event import UsageEvent
from llm_gateway.breakers.breaker import Permit
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserve_script import Headroom
from llm_gateway.exchange.caller import Caller
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.planning.planner import CallPlan
from llm_gateway.pricing.bounds import Bound
from llm_gateway.providers.base import UpstreamAnswer
from llm_gateway.routing.routes import Route, Target
from llm_gateway.stages.call_trace import CallTrace
from llm_gateway.wires.base import EventReader, StreamEvent


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """What makes a repeat of a call the same call: its key, and the digest of its request.

    `remembered_for` is how long its answer is kept; None keeps it for good.
    """

    call_key: str
    fingerprint: bytes
    remembered_for: timedelta | None = None


class Client(Protocol):
    """The other end of the connection."""

    async def gone(self) -> None:
        """Returns when it has left."""
        ...


class ModelCall(msgspec.Struct, frozen=True):
    """A call that may be attempted."""

    caller: Caller
    request: ModelRequest
    route: Route
    plan: CallPlan
    bound: Bound
    identity: CallIdentity | None
    trace: CallTrace | None
    client: Client
    request_id: UUID = msgspec.field(default_factory=new_uuid)
    """All attempts of the call have it, and so has the answer."""
    attempts: "list[Attempt]" = msgspec.field(default_factory=list)
    """Those that were funded one after another; a hedge is not among them."""


class Attempt(msgspec.Struct, frozen=True):
    """One funded attempt; `lost` is the usage event that is written if the attempt is never settled."""

    call: ModelCall
    number: int
    target: Target
    reservation: Reservation
    lost: UsageEvent
    headroom: Headroom
    started_at: datetime
    started: float

    @property
    def max_output(self) -> int:
        """The tokens that the answer may have: as many as its caller named, else as the model and the bound allow."""
        bounded = self.call.bound.max_output
        return bounded if self.call.request.max_output is not None else min(bounded, self.target.default_output)


@dataclass(slots=True)
class OpenedAnswer:
    """An attempt whose answer has begun: a plain one is whole, of a streamed one the first events are there."""

    attempt: Attempt
    permit: Permit
    answer: UpstreamAnswer
    deadline: float
    first_token_seconds: float
    body: bytes = b""
    first_events: list[StreamEvent] = field(default_factory=list)
    reader: EventReader | None = None
    chunks: AsyncIterator[bytes] | None = None


class CallFailed(Exception):
    """A call that failed, with the headers that hold for it all the same."""

    def __init__(self, error: LockstepError | UpstreamFailed, headers: tuple[tuple[str, str], ...]) -> None:
        super().__init__(str(error))
        self.error = error
        self.headers = headers


class PlainAnswer(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
