"""Four fifths of a budget: one warning a scope and window, whatever happens at once or is lost."""

import asyncio
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from fixtures.eventually import eventually
from fixtures.gateways.gateway import Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import BudgetLimit
from foundation.storage.session.database import Database, DatabaseSettings
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.connection import RedisSettings, connect

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
HEADER = "x-lockstep-budget-warning"


async def post(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post(PATH, json=BODY, headers={"authorization": f"Bearer {token}"})


async def until_recorded(redis: RedisServer, tenant: Tenant) -> None:
    """Until nothing of the tenant waits in its stream."""
    client = redis.client()

    async def empty() -> bool:
        return client.xlen(keys.stream(keys.bucket_of(tenant.tenant_id))) == 0

    await eventually(empty)
    client.close()


def warnings(database: ScratchDatabase, tenant: Tenant) -> list[tuple[Any, ...]]:
    with database.superuser() as connection:
        return connection.execute(
            "SELECT scope, period, unit, limit_amount, committed FROM budget_warnings WHERE tenant_id = %s",
            [tenant.tenant_id],
        ).fetchall()


async def used_by_one(client: httpx.AsyncClient, tenant: Tenant, signing: Signing) -> tuple[int, int]:
    """What one call uses, and its bound."""
    answer = await post(client, Step(tenant, signing).token())
    return answer.json()["usage"]["total_tokens"], int(answer.headers["x-lockstep-bound-tokens"])


async def test_calls_at_once_that_cross_four_fifths_warn_once_and_later_answers_say_so(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    used, bound = await used_by_one(client, tenant, signing)
    limit = 10 * bound
    step = Step(tenant, signing, run_caps=BudgetLimit(tokens=limit))
    crossing = -(-(limit - limit // 5) // used)
    before = [await post(client, step.token()) for _ in range(crossing - 3)]
    assert [answer.headers.get(HEADER) for answer in before] == [None] * len(before)
    await until_recorded(gateway_redis, tenant)
    assert warnings(database, tenant) == []
    at_once = await asyncio.gather(*(post(client, step.token()) for _ in range(5)))
    assert {answer.status_code for answer in at_once} == {200}
    assert (await post(client, step.token())).headers[HEADER] == "run;total"
    await until_recorded(gateway_redis, tenant)
    # by the settlement that crossed it, not by a later one
    assert warnings(database, tenant) == [("run", "total", "tokens", limit, crossing * used)]


@pytest.mark.parametrize("period", ["day", "month", "total"])
async def test_each_window_of_a_tenant_has_its_warning(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
    period: str,
) -> None:
    _, bound = await used_by_one(client, Tenant().create(database), signing)
    tenant.limit(database, tokens=5 * bound, period=period)
    while (await post(client, tenant.api_key)).status_code == 200:
        continue
    await until_recorded(gateway_redis, tenant)
    assert [warning[:4] for warning in warnings(database, tenant)] == [("tenant", period, "tokens", 5 * bound)]


@pytest.mark.parametrize("period", ["day", "total", "rolling"])
async def test_a_budget_that_is_lowered_below_what_is_spent_warns_with_the_first_call_that_is_refused(
    client: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
    period: str,
) -> None:
    window = {"window_seconds": 3600} if period == "rolling" else {}
    tenant.limit(database, tokens=10**9, period=period, **window)
    assert (await post(client, tenant.api_key)).status_code == 200
    await until_recorded(gateway_redis, tenant)
    assert warnings(database, tenant) == []
    with database.superuser() as connection:
        connection.execute("UPDATE budgets SET limit_tokens = 1 WHERE tenant_id = %s", [tenant.tenant_id])
    while (await post(client, tenant.api_key)).status_code == 200:
        continue
    assert (await post(client, tenant.api_key)).status_code == 402
    await until_recorded(gateway_redis, tenant)
    assert [warning[:4] for warning in warnings(database, tenant)] == [("tenant", period, "tokens", 1)]


async def test_a_budget_of_nothing_of_which_nothing_was_spent_does_not_warn(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer
) -> None:
    tenant.limit(database, tokens=0, period="total")
    assert (await post(client, tenant.api_key)).status_code == 402
    with gateway_redis.client() as redis:
        assert list(redis.scan_iter(match=f"*:scope:{tenant.tenant_id}:*")) == []
    assert warnings(database, tenant) == []


async def test_a_warning_that_redis_forgot_is_not_said_again(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    used, bound = await used_by_one(client, tenant, signing)
    limit = 10 * bound
    step = Step(tenant, signing, run_caps=BudgetLimit(tokens=limit))
    for _ in range(limit * 4 // 5 // used + 1):
        assert (await post(client, step.token())).status_code == 200
    await until_recorded(gateway_redis, tenant)
    before = warnings(database, tenant)
    assert len(before) == 1
    redis = gateway_redis.client()
    scope = keys.scope(keys.bucket_of(tenant.tenant_id), tenant.tenant_id, ScopeKind.RUN, step.run_id)
    assert redis.hdel(scope, "warned_total") == 1
    assert (await post(client, step.token())).status_code == 200
    assert redis.hget(scope, "warned_total") == "total"
    redis.close()
    await until_recorded(gateway_redis, tenant)
    assert warnings(database, tenant) == before


async def test_the_recorder_says_a_warning_once_and_keeps_a_malformed_one_apart(
    redis_server: RedisServer, database: ScratchDatabase, tenant: Tenant
) -> None:
    redis = connect(RedisSettings(url=redis_server.url), blocking=True)
    recording = Database(DatabaseSettings(url=database.url("recorder"), pool_size=1), application="test")
    bucket = keys.bucket_of(tenant.tenant_id)
    stream = keys.stream(bucket)
    await redis.flushall()
    try:
        recorder = LedgerWriter(redis, recording, consumer="test")
        await recorder.create_groups()
        scope = keys.scope(bucket, tenant.tenant_id, ScopeKind.USER, tenant.user_id)
        fields: Any = {"period": "day", "label": "2026-11-21", "unit": "nano", "limit": "100", "committed": "81"}
        for warning in (scope, scope, "no scope"):
            await redis.xadd(stream, {"warning": warning, **fields})
        assert await recorder.record_once(new=True, block_ms=None) == 3
        assert await redis.xlen(stream) == 0
        assert await redis.xlen(stream.replace(":events", ":rejected")) == 1
    finally:
        await recording.close()
        await redis.aclose()
    assert warnings(database, tenant) == [("user", "day", "nano_usd", 100, 81)]
    about = {"tenant_id": str(tenant.tenant_id), "scope": "user", "period": "day"}
    assert REGISTRY.get_sample_value("llm_budget_warnings_total", about) == 1
