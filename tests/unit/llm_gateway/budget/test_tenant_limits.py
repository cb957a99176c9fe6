"""A tenant's limits are renewed beside its calls; old ones hold while PostgreSQL is away, and no longer."""

import asyncio
from typing import Any

import pytest

from fixtures.money.canned_rows import CannedDatabase
from foundation.contracts.gateway.budget_policy import AwayPolicy
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.rate_limits import RateLimits, ScopeRates
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, Forbidden
from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.money import BudgetLimit
from llm_gateway.budget.limits.tenant_limits import FRESH_SECONDS, MAX_AGE_SECONDS, TenantLimitsCache

TENANT = TenantId(new_uuid())
SHIPPED = RateLimits(tenant=ScopeRates(requests_a_minute=100))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_tenant(
    *, suspended: bool = False, stopped: dict[str, str] | None = None, settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    told = {
        "suspended": suspended,
        "suspended_reason": "unpaid" if suspended else None,
        "stopped": stopped,
        "settings": settings or {},
    }
    return {"time_zone": "Europe/Berlin", "gateways": 2, **told}


async def test_a_tenant_that_a_kill_switch_stops_is_refused_as_one_without_money() -> None:
    engaged = {
        "scope": "platform",
        "reason": "an outage",
        "engaged_by": "operator:x",
        "engaged_at": "2026-11-30T00:00:00Z",
    }
    limits, _ = cache(CannedDatabase([a_tenant(stopped=engaged)], [a_budget()]))
    with pytest.raises(BudgetExceeded) as refused:
        await limits.of(TENANT)
    assert (refused.value.scope, refused.value.remedy) == ("kill_switch", "only an operator of the platform lifts it")
    assert refused.value.detail == "the kill switch of the platform is engaged: an outage"


def a_budget(period: str = "day", *, tokens: int = 10, window_seconds: int | None = None) -> dict[str, Any]:
    return {
        "scope": "tenant",
        "scope_id": TENANT,
        "period": period,
        "window_seconds": window_seconds,
        "limit_tokens": tokens,
        "limit_nano_usd": None,
    }


def cache(database: CannedDatabase) -> tuple[TenantLimitsCache, Clock]:
    clock, rows = Clock(), database
    stored: Any = rows
    return TenantLimitsCache(stored, shipped=SHIPPED, clock=clock), clock


async def day_limit(limits: TenantLimitsCache, tenant_id: TenantId = TENANT) -> int | None:
    return (await limits.of(tenant_id)).scope(ScopeKind.TENANT, tenant_id).day.tokens


async def test_each_budget_limits_its_own_period() -> None:
    budgets = [a_budget("day", tokens=1), a_budget("total", tokens=2), a_budget("rolling", tokens=3, window_seconds=60)]
    limits, _ = cache(CannedDatabase([a_tenant()], budgets))
    scope = (await limits.of(TENANT)).scope(ScopeKind.TENANT, TENANT)
    assert (scope.day, scope.total, scope.month) == (BudgetLimit(1), BudgetLimit(2), BudgetLimit())
    assert scope.rolling is not None
    assert (scope.rolling.limit, scope.rolling.width_ms) == (BudgetLimit(3), 60_000)


async def test_many_first_calls_of_a_tenant_are_one_question() -> None:
    database = CannedDatabase([a_tenant()], [a_budget()])
    limits, _ = cache(database)
    await asyncio.gather(*(limits.of(TENANT) for _ in range(20)))
    assert database.transactions == 1


async def test_limits_that_are_not_fresh_are_used_once_more_and_renewed_beside_the_call() -> None:
    database = CannedDatabase([a_tenant()], [a_budget(tokens=10)])
    limits, clock = cache(database)
    await limits.of(TENANT)
    database.results = [[a_tenant()], [a_budget(tokens=20)]]
    clock.now += FRESH_SECONDS + 0.1
    assert await day_limit(limits) == 10
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await day_limit(limits) == 20
    assert database.transactions == 2


async def test_limits_that_are_too_old_are_waited_for() -> None:
    database = CannedDatabase([a_tenant()], [a_budget(tokens=10)])
    limits, clock = cache(database)
    await limits.of(TENANT)
    database.results = [[a_tenant()], [a_budget(tokens=20)]]
    clock.now += MAX_AGE_SECONDS + 0.1
    assert await day_limit(limits) == 20


async def test_the_last_known_limits_hold_while_postgresql_is_away_however_long() -> None:
    database = CannedDatabase([a_tenant()], [a_budget(tokens=10)])
    limits, clock = cache(database)
    await limits.of(TENANT)
    database.is_away = True
    clock.now += 3600
    assert await day_limit(limits) == 10
    with pytest.raises(DependencyUnavailable):
        await limits.of(TenantId(new_uuid()))


async def test_a_tenant_that_is_suspended_is_refused_as_soon_as_that_is_known() -> None:
    database = CannedDatabase([a_tenant()], [a_budget()])
    limits, clock = cache(database)
    await limits.of(TENANT)
    database.results = [[a_tenant(suspended=True)], []]
    clock.now += MAX_AGE_SECONDS + 0.1
    with pytest.raises(Forbidden, match="suspended: unpaid"):
        await limits.of(TENANT)


async def test_a_tenant_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Forbidden, match="no such tenant"):
        await cache(CannedDatabase([]))[0].of(TENANT)


async def test_a_setting_that_cannot_be_read_leaves_what_is_shipped() -> None:
    settings = {"limits": {"tenant": "much"}, "redis_away": {"policy": "open"}}
    limits = await cache(CannedDatabase([a_tenant(settings=settings)], []))[0].of(TENANT)
    assert limits.rates.tenant.requests_a_minute == 100
    assert limits.redis_away.policy is AwayPolicy.OPEN
