"""Which windows and slots come of a tenant's limits."""

import pytest
from pydantic import ValidationError

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.rate_limits import RateLimits, ScopeRates
from foundation.domain.ids import ApiKeyId, TenantId, UserId, new_uuid
from llm_gateway.budget.limits.rates import SHIPPED_LIMITS, call_limits

TENANT, USER, KEY = TenantId(new_uuid()), UserId(new_uuid()), ApiKeyId(new_uuid())
SCOPES = {ScopeKind.TENANT: TENANT, ScopeKind.USER: USER, ScopeKind.KEY: KEY}
MINUTE = 60_000_000


def test_the_shipped_limits_are_those_of_the_requirements() -> None:
    found = call_limits(TENANT, SCOPES, SHIPPED_LIMITS, uncounted=frozenset())
    assert [(rate.scope, rate.unit, rate.width_us, rate.limit) for rate in found.rates] == [
        (ScopeKind.TENANT, "requests", MINUTE, 100),
        (ScopeKind.USER, "requests", MINUTE, 20),
    ]
    assert found.slots == ()


def test_what_is_given_changes_only_itself_and_null_lifts_a_limit() -> None:
    given = RateLimits.model_validate({"tenant": {"tokens_a_minute": 7}, "user": {"requests_a_minute": None}})
    changed = SHIPPED_LIMITS.changed_by(given)
    assert changed.tenant == ScopeRates(requests_a_minute=100, tokens_a_minute=7)
    assert changed.user.requests_a_minute is None


def test_a_burst_widens_the_minute_and_adds_ten_minutes_at_the_limit() -> None:
    limits = RateLimits(tenant=ScopeRates(tokens_a_minute=100, token_burst=50))
    rates = call_limits(TENANT, SCOPES, limits, uncounted=frozenset()).rates
    assert [(rate.width_us, rate.limit) for rate in rates] == [(MINUTE, 150), (10 * MINUTE, 1000)]


def test_where_requests_are_not_counted_tokens_and_slots_are() -> None:
    limits = RateLimits(user=ScopeRates(requests_a_minute=1, tokens_a_minute=2, at_once=3))
    found = call_limits(TENANT, SCOPES, limits, uncounted=frozenset({ScopeKind.USER}))
    assert [rate.unit for rate in found.rates] == ["tokens"]
    assert [(slots.scope_number, slots.limit) for slots in found.slots] == [(1, 3)]
    assert found.lines.splitlines() == [f"tokens {found.rates[0].key}", f"slots {found.slots[0].key}"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": {"requests_a_minute": 0}},
        {"tenant": {"requests_a_minute": -1}},
        {"tenant": {"requests_a_minute": 1.5}},
        {"tenant": {"requests_a_minute": "7"}},
        {"tenant": {"requests_a_minute": True}},
        {"tenant": {"requests_a_minute": 1e30}},
        {"tenant": {"at_once": 10**9}},
        {"tenant": {"requests": 1}},
        {"everyone": {}},
        {"tenant": None},
        [],
        "20",
    ],
)
def test_limits_that_mean_nothing_are_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        RateLimits.model_validate(wrong)
