"""What is known about a call on its way through the pipeline.

What is made anew for every call is a Struct: it is made many times faster than a frozen dataclass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import msgspec

from foundation.contracts.run_token import RunClaims
from foundation.domain.errors import LockstepError
from foundation.domain.ids import new_uuid
from llm_gateway.bound import Bound
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.reserving import Funded
from llm_gateway.dialects.base import Dialect
from llm_gateway.providers.base import UpstreamFailed
from llm_gateway.request import ChatRequest
from llm_gateway.routing import Route, Target
from llm_gateway.usage import UsageEvent


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a step of a run by its token, or a tenant by an API key."""

    tenant_id: UUID
    user_id: UUID | None = None
    api_key_id: UUID | None = None
    run: RunClaims | None = None
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Of its tenant, run and step, as logs and figures have them; made once, since a caller makes many calls."""

    def __post_init__(self) -> None:
        names = {"tenant_id": self.tenant_id}
        if self.run is not None:
            names |= {"run_id": self.run.run_id, "step_id": self.run.step_id}
        object.__setattr__(self, "names", {field: str(value) for field, value in names.items()})


@dataclass(frozen=True, slots=True)
class Replayable:
    """The call's key and the digest of its request; a caller's own key is remembered for a while only."""

    call_key: str
    fingerprint: bytes
    remembered_for: timedelta | None = None


class Client(Protocol):
    """The other end of the connection."""

    async def gone(self) -> None:
        """Returns when it has left."""
        ...


class Plan(msgspec.Struct, frozen=True):
    """Where a call may go, in order, and in what words."""

    targets: tuple[Target, ...]
    requests: Mapping[Dialect, ChatRequest]
    """The request in each dialect that a target speaks."""
    asked: Mapping[str, Any]
    """The caller's decoded request where a translation needs it, else empty."""
    widest: ChatRequest
    """The caller's request with the largest sizes that any of them has."""
    prefers_cheaper: bool = False

    def request_for(self, target: Target) -> ChatRequest:
        return self.requests[target.provider.dialect]


class Call(msgspec.Struct, frozen=True):
    """A call that may be attempted."""

    caller: Caller
    request: ChatRequest
    route: Route
    plan: Plan
    bound: Bound
    replayable: Replayable | None
    trace_id: str | None
    client: Client
    request_id: UUID = msgspec.field(default_factory=new_uuid)
    """All attempts of the call carry it, and its caller is told it."""
    attempts: "list[Attempt]" = msgspec.field(default_factory=list)
    """Those that were funded, in their order."""


class Attempt(msgspec.Struct, frozen=True):
    """One funded attempt; `lost` is its usage event as it stands if nobody settles it."""

    call: Call
    number: int
    target: Target
    reservation: Reservation
    lost: UsageEvent
    funded: Funded
    started_at: datetime
    started: float

    @property
    def max_output(self) -> int:
        """The tokens that the answer may have: as many as its caller named, else as the model and the bound allow."""
        bounded = self.call.bound.max_output
        return bounded if self.call.request.max_output is not None else min(bounded, self.target.default_output)


class CallFailed(Exception):
    """A call that came to nothing, with what holds of it all the same, as headers."""

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
