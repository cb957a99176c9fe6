"""What is known about a call on its way through the pipeline."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from foundation.contracts.run_token import RunClaims
from foundation.domain.ids import new_uuid
from llm_gateway.bound import Bound
from llm_gateway.budget.reservation import Reservation
from llm_gateway.budget.store import Funded
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


@dataclass(frozen=True, slots=True)
class Replayable:
    """The call's key and the digest of its request."""

    call_key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be attempted."""

    caller: Caller
    request: ChatRequest
    route: Route
    bound: Bound
    replayable: Replayable | None
    trace_id: str | None
    request_id: UUID = field(default_factory=new_uuid)
    """All attempts of the call carry it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One funded attempt; `lost` is its usage event as it stands if nobody settles it."""

    call: Call
    number: int
    target: Target
    reservation: Reservation
    lost: UsageEvent
    funded: Funded
    started_at: datetime
    started: float


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """A whole answer."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
