"""The usage event: the ledger's row of one attempt or adjustment."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from foundation.contracts.gateway.budget_policy import BoundKind
from foundation.contracts.gateway.ledger import AttemptReason
from foundation.domain.ids import ApiKeyId, RunId, StepId, TenantId, UserId


class UsageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt or adjustment, column by column as the table llm_events has it.

    It crosses Redis as JSON; `settled_at` is absent in the event of a lapse, whose time is that of its stream entry.
    """

    tenant_id: TenantId
    event_day: date
    event_id: UUID
    kind: str
    attempt: int
    dialect: str
    route: str
    provider: str
    model: str
    status: str
    usage_source: str
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cost_nano_usd: int
    price_version: str
    started_at: datetime
    request_id: UUID
    reason: AttemptReason = AttemptReason.FIRST
    settled_at: datetime | None = None
    adjusts_event_id: UUID | None = None
    user_id: UserId | None = None
    api_key_id: ApiKeyId | None = None
    run_id: RunId | None = None
    step_id: StepId | None = None
    generation: int | None = None
    fence: int | None = None
    ancestor_run_ids: tuple[RunId, ...] = ()
    call_key: str | None = None
    cached_input_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    bound_tokens: int = 0
    bound_nano_usd: int = 0
    bound_kind: BoundKind = BoundKind.STRICT
    provider_request_id: str | None = None
    http_status: int | None = None
    error_code: str | None = None
    latency_ms: int | None = None
    first_token_ms: int | None = None
    trace_id: str | None = None


CHARGE_FIELDS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost_nano_usd",
)
"""What an adjustment changes: it is added to what the attempt was charged."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(UsageEvent)


class _Named(msgspec.Struct):
    event_id: UUID


_names = msgspec.json.Decoder(_Named)
_UNSETTLED = b'"settled_at":null'
"""In a JSON string the quotes would be escaped, so this can only be the member."""


def read_event_id(text: bytes) -> UUID:
    """The id of an encoded event; msgspec.MsgspecError when the text is none."""
    return _names.decode(text).event_id


def make_ledger_document(text: bytes, *, entry_ms: int) -> bytes:
    """An encoded event as the ledger takes it, settled when its stream entry was made; not decoded for that."""
    at = datetime.fromtimestamp(entry_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace(_UNSETTLED, f'"settled_at":"{at}"'.encode(), 1)


def encode_event(event: UsageEvent) -> str:
    return _encoder.encode(event).decode()


def decode_event(text: bytes) -> UsageEvent:
    """msgspec.MsgspecError when the text is no event."""
    return _decoder.decode(text)
