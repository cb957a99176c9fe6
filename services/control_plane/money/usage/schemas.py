"""Usage as the API shows it."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from control_plane.requests.lists.paging import Page
from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason, Dialect, LedgerKind, LedgerStatus, UsageSource
from foundation.domain.ids import ApiKeyId, RunId, StepId, UserId
from foundation.domain.money import dollars
from foundation.storage.ledger.request_usage import LedgerEvent
from foundation.storage.ledger.usage import Dimension, UsageGroup


class UsageFormat(StrEnum):
    """What usage is told as: a page, or a file of all groups."""

    JSON = "json"
    CSV = "csv"


class Tokens(BaseModel):
    """`cached_input` and `cache_write` are part of `input`, `reasoning` is part of `output`."""

    input: int
    cached_input: int
    cache_write: int
    output: int
    reasoning: int
    total: int


class UsageGroupView(BaseModel):
    """Exact sums with all corrections; `bound_charges` are attempts that were charged at their bound at first."""

    group: dict[Dimension, str | None] = Field(description="null where events have none, as calls outside runs")
    attempts: int
    failures: int
    bound_charges: int
    adjustments: int
    tokens: Tokens
    cost_usd: str

    @classmethod
    def of(cls, by: Sequence[Dimension], group: UsageGroup) -> Self:
        sums = group.sums
        return cls(
            group={dimension: value or None for dimension, value in zip(by, group.values, strict=True)},
            attempts=sums.attempts,
            failures=sums.failures,
            bound_charges=sums.bound_charges,
            adjustments=sums.adjustments,
            tokens=Tokens(
                input=sums.input_tokens,
                cached_input=sums.cached_input_tokens,
                cache_write=sums.cache_write_tokens,
                output=sums.output_tokens,
                reasoning=sums.reasoning_tokens,
                total=sums.total_tokens,
            ),
            cost_usd=dollars(sums.cost_nano_usd),
        )


class UsagePage(Page[UsageGroupView]):
    """Groups of the ledger's sums for the days from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date


class EventView(BaseModel):
    """One attempt, or one later correction of it: the amounts of an adjustment are differences."""

    id: UUID
    kind: LedgerKind
    adjusts: UUID | None
    attempt: int
    reason: AttemptReason
    provider: str
    model: str
    route: str
    dialect: Dialect
    status: LedgerStatus
    usage_source: UsageSource
    tokens: Tokens
    cost_usd: str
    bound_kind: BoundKind
    bound_tokens: int
    bound_usd: str
    price_version: str
    provider_request_id: str | None
    http_status: int | None
    error_code: str | None
    first_token_ms: int | None
    latency_ms: int | None
    trace_id: str | None
    started_at: datetime
    settled_at: datetime

    @classmethod
    def of(cls, event: LedgerEvent) -> Self:
        return cls(
            id=event.event_id,
            kind=event.kind,
            adjusts=event.adjusts_event_id,
            attempt=event.attempt,
            reason=event.reason,
            provider=event.provider,
            model=event.model,
            route=event.route,
            dialect=event.dialect,
            status=event.status,
            usage_source=event.usage_source,
            tokens=Tokens(
                input=event.input_tokens,
                cached_input=event.cached_input_tokens,
                cache_write=event.cache_write_tokens,
                output=event.output_tokens,
                reasoning=event.reasoning_tokens,
                total=event.total_tokens,
            ),
            cost_usd=dollars(event.cost_nano_usd),
            bound_kind=event.bound_kind,
            bound_tokens=event.bound_tokens,
            bound_usd=dollars(event.bound_nano_usd),
            price_version=event.price_version,
            provider_request_id=event.provider_request_id,
            http_status=event.http_status,
            error_code=event.error_code,
            first_token_ms=event.first_token_ms,
            latency_ms=event.latency_ms,
            trace_id=event.trace_id,
            started_at=event.started_at,
            settled_at=event.settled_at,
        )


class RequestUsage(BaseModel):
    """What one request cost: the sum of its events."""

    request_id: UUID
    day: date
    user_id: UserId | None
    api_key_id: ApiKeyId | None
    run_id: RunId | None
    step_id: StepId | None
    total_tokens: int
    total_cost_usd: str
    events: list[EventView]

    @classmethod
    def of(cls, request_id: UUID, events: Sequence[LedgerEvent]) -> Self:
        first = events[0]
        return cls(
            request_id=request_id,
            day=first.event_day,
            user_id=first.user_id,
            api_key_id=first.api_key_id,
            run_id=first.run_id,
            step_id=first.step_id,
            total_tokens=sum(event.total_tokens for event in events),
            total_cost_usd=dollars(sum(event.cost_nano_usd for event in events)),
            events=[EventView.of(event) for event in events],
        )
