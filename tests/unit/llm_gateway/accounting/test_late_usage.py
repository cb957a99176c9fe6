"""An adjustment and the charge that it corrects add up to the true usage, in every figure of the ledger."""

from datetime import UTC, date, datetime

from msgspec.structs import replace

from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.late_usage import make_lowering_event, make_undispatched_event
from llm_gateway.accounting.usage_event import CHARGE_FIELDS, UsageEvent

LOST = UsageEvent(
    tenant_id=TenantId(new_uuid()),
    event_day=date(2026, 11, 29),
    event_id=new_uuid(),
    kind="attempt",
    request_id=new_uuid(),
    attempt=1,
    dialect="openai",
    route="default",
    provider="simulated",
    model="default",
    status="lost",
    usage_source="bound",
    input_tokens=100,
    output_tokens=50,
    total_tokens=150,
    cost_nano_usd=900,
    price_version="1",
    started_at=datetime(2026, 11, 29, tzinfo=UTC),
)
TRUE = replace(
    LOST,
    status="succeeded",
    usage_source="provider",
    input_tokens=40,
    cached_input_tokens=10,
    cache_write_tokens=5,
    output_tokens=20,
    reasoning_tokens=7,
    total_tokens=60,
    cost_nano_usd=300,
)


def test_the_charge_and_its_lowering_add_up_to_the_true_usage() -> None:
    lowering = make_lowering_event(TRUE, LOST)
    assert {name: getattr(LOST, name) + getattr(lowering, name) for name in CHARGE_FIELDS} == {
        name: getattr(TRUE, name) for name in CHARGE_FIELDS
    }
    assert (lowering.kind, lowering.status, lowering.adjusts_event_id) == ("adjustment", "adjusted", LOST.event_id)


def test_one_attempt_has_one_lowering_however_often_it_is_made() -> None:
    first, second = make_lowering_event(TRUE, LOST), make_lowering_event(replace(TRUE, cost_nano_usd=1), LOST)
    assert first.event_id == second.event_id != LOST.event_id


def test_what_was_never_sent_cost_nothing() -> None:
    event = make_undispatched_event(LOST)
    assert [getattr(event, name) for name in CHARGE_FIELDS] == [0] * len(CHARGE_FIELDS)
    assert (event.status, event.usage_source, event.event_id) == ("failed", "none", LOST.event_id)
