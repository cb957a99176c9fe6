"""At what an attempt is settled: its usage at its target's price, as far as that can be believed."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from foundation.contracts.gateway.budget_policy import STRICT, BoundKind, Bounds
from foundation.contracts.gateway.ledger import AttemptReason, ScopeKind
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.accounting.journal import Settlement
from llm_gateway.accounting.usage_event import UsageEvent, decode_event, encode_event, make_ledger_document
from llm_gateway.breakers.alerts import Alert
from llm_gateway.budget.limits.counted import CallScopes
from llm_gateway.budget.limits.rates import NO_LIMITS
from llm_gateway.budget.limits.scopes import LimitedScope, windows_at
from llm_gateway.budget.reservation import Reservation
from llm_gateway.exchange.caller import Caller
from llm_gateway.exchange.usage import NO_USAGE, Usage
from llm_gateway.planning.planner import CallPlan
from llm_gateway.pricing.bounds import bound_of, chosen_bound
from llm_gateway.pricing.prices import Price, TokenPrices
from llm_gateway.stages.budget_headers import budget_headers
from llm_gateway.stages.call import Attempt, ModelCall
from llm_gateway.stages.ending.settler import AttemptOutcome, Settler
from llm_gateway.stages.new_attempt import AttemptRequest, make_attempt
from llm_gateway.wires.chat.request import read_chat_request

CEILING = Price("ceiling/routes/1", (TokenPrices(0, 2_000_000, 2_000_000, 2_000_000, 8_000_000),))
LOW = Bounds(mode=BoundKind.ESTIMATE, typical_output=1)


class Kept:
    """A ledger that keeps what it is told."""

    def __init__(self) -> None:
        self.settlements: list[Settlement] = []

    async def settle(self, _reservation: Reservation, settlement: Settlement) -> None:
        self.settlements.append(settlement)


class KeptAlerts:
    def __init__(self) -> None:
        self.sent: list[Alert] = []

    def send(self, alert: Alert, **_: Any) -> None:
        self.sent.append(alert)


def an_attempt(*, by: Bounds = STRICT, is_local: bool = False) -> Attempt:
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 50}
    request = read_chat_request(json.dumps(body).encode())
    bound = chosen_bound(bound_of(request, prices=[CEILING], default_output=1), request, prices=[CEILING], by=by)
    caller = Caller(TenantId(new_uuid()))
    target: Any = SimpleNamespace(provider=SimpleNamespace(name="own"), model="m", price=CEILING, default_output=1)
    route: Any = SimpleNamespace(name="own", targets=(target,))
    plan = CallPlan((target,), {request.dialect: request}, {}, request)
    client: Any = None
    call = ModelCall(caller, request, route, plan, bound, None, None, client)
    now = datetime.now(UTC)
    counted = CallScopes((LimitedScope(ScopeKind.TENANT, caller.tenant_id),), (), NO_LIMITS, NO_LIMITS)
    attempt_request = AttemptRequest(call, target, 1, AttemptReason.FIRST, counted)
    return make_attempt(attempt_request, windows=windows_at(now, ZoneInfo("UTC")), now=now, is_local=is_local)


async def settled(
    attempt: Attempt, usage: Usage | None, alerts: "KeptAlerts | None" = None
) -> tuple[Settlement, UsageEvent]:
    kept: Any = Kept()
    sending: Any = alerts or KeptAlerts()
    await Settler(kept, sending).settle(attempt, AttemptOutcome(status="succeeded", usage=usage))
    [settlement] = kept.settlements
    event = decode_event(settlement.event.encode())
    assert (settlement.tokens, settlement.nano_usd) == (event.total_tokens, event.cost_nano_usd)
    return settlement, event


async def test_a_model_with_a_declared_ceiling_is_charged_its_usage_at_the_ceiling_and_marked() -> None:
    _, event = await settled(an_attempt(), Usage(input_tokens=10, output_tokens=5))
    assert (event.cost_nano_usd, event.price_version, event.usage_source) == (60, "ceiling/routes/1", "provider")


async def test_usage_above_a_strict_bound_is_charged_as_it_is_and_raises_an_alert() -> None:
    attempt, alerts = an_attempt(), KeptAlerts()
    usage = Usage(input_tokens=10, output_tokens=attempt.call.bound.output_tokens + 200)
    settlement, event = await settled(attempt, usage, alerts)
    assert (event.total_tokens, event.usage_source) == (usage.total_tokens, "provider")
    assert settlement.nano_usd == CEILING.cost(usage) > attempt.call.bound.nano_usd
    assert event.error_code == "usage_above_bound"
    assert alerts.sent == [Alert.USAGE_ABOVE_BOUND]


async def test_usage_above_an_estimate_is_charged_truly_and_alerts_only_above_the_strict_bound() -> None:
    attempt = an_attempt(by=LOW)
    strict = attempt.call.bound.strict
    assert strict is not None
    usage, alerts = Usage(input_tokens=strict.input_tokens, output_tokens=strict.output_tokens), KeptAlerts()
    _, event = await settled(attempt, usage, alerts)
    assert event.total_tokens == strict.tokens > event.bound_tokens == attempt.reservation.bound_tokens
    assert (event.bound_kind, event.usage_source, alerts.sent) == (BoundKind.ESTIMATE, "provider", [])
    more = Usage(input_tokens=strict.input_tokens, output_tokens=strict.output_tokens + 1)
    _, above = await settled(attempt, more, alerts)
    assert (above.total_tokens, above.error_code) == (more.total_tokens, "usage_above_bound")
    assert alerts.sent == [Alert.USAGE_ABOVE_BOUND]


@pytest.mark.parametrize(
    "claimed",
    [
        Usage(input_tokens=0, output_tokens=0),
        Usage(input_tokens=10, output_tokens=-1),
        Usage(input_tokens=10, output_tokens=5, reasoning_tokens=-1),
        Usage(input_tokens=10, output_tokens=5, reasoning_tokens=10**30),
        Usage(input_tokens=10**30, output_tokens=5),
    ],
)
async def test_usage_that_cannot_be_is_charged_at_the_bound(claimed: Usage) -> None:
    attempt = an_attempt()
    settlement, event = await settled(attempt, claimed)
    assert (event.total_tokens, event.usage_source) == (attempt.call.bound.tokens, "bound")
    assert settlement.nano_usd == attempt.call.bound.nano_usd
    assert event.reasoning_tokens == 0


async def test_an_attempt_that_was_not_billed_costs_nothing() -> None:
    _, event = await settled(an_attempt(), NO_USAGE)
    assert (event.total_tokens, event.cost_nano_usd, event.usage_source) == (0, 0, "none")


async def test_the_moment_of_a_settlement_is_left_to_its_stream_entry() -> None:
    _, event = await settled(an_attempt(), None)
    assert event.settled_at is None
    recorded = decode_event(make_ledger_document(encode_event(event).encode(), entry_ms=1_764_115_200_123))
    assert recorded.settled_at == datetime(2025, 11, 26, 0, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize("by", [STRICT, LOW])
async def test_every_answer_says_what_kind_of_bound_it_has(by: Bounds) -> None:
    headers = dict(budget_headers(an_attempt(by=by)))
    assert headers["x-lockstep-bound-kind"] == by.mode
    assert "x-lockstep-admission" not in headers
    assert dict(budget_headers(an_attempt(by=by, is_local=True)))["x-lockstep-admission"] == "local"
