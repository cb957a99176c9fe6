"""What services may ask of lasting scopes: all of it or nothing, and only services may ask."""

import httpx
import pytest

from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import as_field
from foundation.contracts.gateway.spending import ScopeName, SpendingQuery
from foundation.domain.budget_scopes import BudgetScope
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.money import Amount
from llm_gateway.admin.scopes_money import ScopeSpendingReader
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.connection import RedisSettings, connect


async def test_nothing_is_told_while_the_counters_are_not_whole(redis_server: RedisServer) -> None:
    tenant = Tenant()
    asked = SpendingQuery(
        tenant_id=tenant.tenant_id,
        scopes=[
            ScopeName(kind=BudgetScope.KEY, scope_id=tenant.api_key_id),
            ScopeName(kind=BudgetScope.TENANT, scope_id=tenant.tenant_id),
        ],
    )
    bucket = keys.bucket_of(tenant.tenant_id)
    redis = connect(RedisSettings(url=redis_server.url))
    await redis.flushall()
    try:
        scope = keys.scope(bucket, tenant.tenant_id, "key", tenant.api_key_id)
        counts = ScopeCounts(
            total=WindowCounts("", Amount(5, 7), Amount(1, 0)),
            day=WindowCounts("2026-11-26", committed=Amount(3, 0)),
            month=WindowCounts("2026-11", committed=Amount(0, 2)),
        )
        await redis.hset(scope, FIELD, as_field(counts))
        with pytest.raises(DependencyUnavailable):
            await ScopeSpendingReader(redis).read(asked)
        await redis.set(keys.epoch(bucket), "1")
        key, whole = (await ScopeSpendingReader(redis).read(asked)).scopes
        assert [one.scope for one in (key, whole)] == asked.scopes
        assert (key.total.committed, key.total.held) == (Amount(tokens=5, nano_usd=7), Amount(tokens=1, nano_usd=0))
        assert (key.day.label, key.day.committed) == ("2026-11-26", Amount(tokens=3, nano_usd=0))
        assert (key.month.label, key.month.committed) == ("2026-11", Amount(tokens=0, nano_usd=2))
        assert whole.total.committed == whole.day.held == Amount(tokens=0, nano_usd=0)
    finally:
        await redis.aclose()
    away = connect(RedisSettings(url="redis://127.0.0.1:1/0"))
    with pytest.raises(DependencyUnavailable):
        await ScopeSpendingReader(away).read(asked)
    await away.aclose()


async def test_only_services_may_ask(client: httpx.AsyncClient, tenant: Tenant, signing: Signing) -> None:
    scopes = [{"kind": "tenant", "scope_id": str(tenant.tenant_id)}]
    body = {"tenant_id": str(tenant.tenant_id), "scopes": scopes}
    for token, status in ((tenant.api_key, 401), ("nonsense", 401), (signing.service_token(), 200)):
        headers = {"authorization": f"Bearer {token}"}
        assert (await client.post("/internal/scopes/money", json=body, headers=headers)).status_code == status
    many = {**body, "scopes": scopes * 201}
    headers = {"authorization": f"Bearer {signing.service_token()}"}
    assert (await client.post("/internal/scopes/money", json=many, headers=headers)).status_code == 400
