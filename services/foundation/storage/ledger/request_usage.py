"""The ledger's events of one request: its attempts, and later corrections of them."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason, Dialect, LedgerKind, LedgerStatus, UsageSource
from foundation.domain.ids import ApiKeyId, RunId, StepId, TenantId, UserId
from foundation.storage.ledger.events_table import LLM_EVENTS
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One row of the ledger; the amounts of an adjustment are added to those of the attempt that it adjusts."""

    event_id: UUID
    event_day: date
    kind: LedgerKind
    adjusts_event_id: UUID | None
    user_id: UserId | None
    api_key_id: ApiKeyId | None
    run_id: RunId | None
    step_id: StepId | None
    attempt: int
    reason: AttemptReason
    dialect: Dialect
    route: str
    provider: str
    model: str
    status: LedgerStatus
    usage_source: UsageSource
    input_tokens: int
    cached_input_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    total_tokens: int
    cost_nano_usd: int
    bound_tokens: int
    bound_nano_usd: int
    bound_kind: BoundKind
    price_version: str
    provider_request_id: str | None
    http_status: int | None
    error_code: str | None
    latency_ms: int | None
    first_token_ms: int | None
    trace_id: str | None
    started_at: datetime
    settled_at: datetime


_E = LLM_EVENTS.c
_SHOWN = [_E[field.name] for field in fields(LedgerEvent)]


async def events_of_request(tx: Transaction, tenant_id: TenantId, request_id: UUID) -> list[LedgerEvent]:
    """The request's events in the order of its attempts, each followed by its adjustments."""
    rows = await tx.execute(
        select(*_SHOWN)
        .where(_E.tenant_id == tenant_id, _E.request_id == request_id)
        .order_by(_E.attempt, _E.kind.desc(), _E.settled_at, _E.event_id)
    )
    return [value_of(LedgerEvent, row) for row in rows]
