"""Events that stand for what did not happen as it was first recorded: late usage, and calls never sent."""

from uuid import UUID, uuid5

from msgspec.structs import replace

from llm_gateway.accounting.usage_event import UsageEvent

_LATE = UUID("5f0d5f0a-7a54-5ab7-9a3c-6c0f6f0a2b11")


def make_lowering_event(true: UsageEvent, lost: UsageEvent) -> UsageEvent:
    """The adjustment that brings an attempt charged at its bound down to its true usage; one an attempt at most."""
    return replace(
        true,
        event_id=uuid5(_LATE, str(true.event_id)),
        kind="adjustment",
        adjusts_event_id=true.event_id,
        status="adjusted",
        input_tokens=true.input_tokens - lost.input_tokens,
        cached_input_tokens=true.cached_input_tokens - lost.cached_input_tokens,
        output_tokens=true.output_tokens - lost.output_tokens,
        total_tokens=true.total_tokens - lost.total_tokens,
        cost_nano_usd=true.cost_nano_usd - lost.cost_nano_usd,
    )


def make_undispatched_event(lost: UsageEvent) -> UsageEvent:
    """How an attempt ends that was admitted and never sent: it cost nothing."""
    return replace(
        lost,
        status="failed",
        usage_source="none",
        error_code="not_dispatched",
        input_tokens=0,
        output_tokens=0,
        total_tokens=0,
        cost_nano_usd=0,
    )
