"""Makes the events of attempts whose first record was wrong: their usage came late, or they were never sent."""

from uuid import UUID, uuid5

from msgspec.structs import replace

from llm_gateway.accounting.usage_event import CHARGE_FIELDS, UsageEvent

_LATE = UUID("5f0d5f0a-7a54-5ab7-9a3c-6c0f6f0a2b11")


def make_lowering_event(true: UsageEvent, lost: UsageEvent) -> UsageEvent:
    """The adjustment that brings an attempt charged at its bound down to its true usage; one an attempt at most."""
    return replace(
        true,
        event_id=uuid5(_LATE, str(true.event_id)),
        kind="adjustment",
        adjusts_event_id=true.event_id,
        status="adjusted",
        **{name: getattr(true, name) - getattr(lost, name) for name in CHARGE_FIELDS},
    )


def make_undispatched_event(lost: UsageEvent) -> UsageEvent:
    """The event of an attempt that was admitted and never sent, so that it cost nothing."""
    return replace(
        lost,
        status="failed",
        usage_source="none",
        error_code="not_dispatched",
        **dict.fromkeys(CHARGE_FIELDS, 0),
    )
