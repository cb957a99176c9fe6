"""Rolling budgets over HTTP: what was spent before the limit counts, and a lost Redis forgets none of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.reconciling import reconcile_tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import rolling_window_of
from fixtures.money.ledger import charged, events_of, recorded_events

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
HOUR = 3600


async def post(client: httpx.AsyncClient, tenant: Tenant, **more: Any) -> httpx.Response:
    return await client.post(PATH, json={**BODY, **more}, headers={"authorization": f"Bearer {tenant.api_key}"})


async def until_limited(client: httpx.AsyncClient, tenant: Tenant) -> httpx.Response:
    """The first refusal, once the gateway has seen the limit."""
    answers: list[httpx.Response] = []

    async def refused() -> bool:
        answers.append(await post(client, tenant))
        return answers[-1].status_code != 200

    await eventually(refused)
    return answers[-1]


async def test_what_was_spent_before_the_limit_was_set_counts_in_its_window(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer
) -> None:
    began = datetime.now(UTC)
    answers = [await post(client, tenant) for _ in range(4)]
    used, bound = answers[0].json()["usage"]["total_tokens"], int(answers[0].headers["x-lockstep-bound-tokens"])
    tenant.limit(database, tokens=4 * used + bound - 1, period="rolling", window_seconds=HOUR)
    refused = await until_limited(client, tenant)
    assert refused.status_code == 402
    remaining = refused.json()["error"]["remaining"]
    assert remaining["tokens"] < bound
    resets_at = datetime.fromisoformat(remaining["resets_at"])
    slice_ = timedelta(seconds=HOUR / 60)
    assert began + timedelta(seconds=HOUR) <= resets_at <= datetime.now(UTC) + timedelta(seconds=HOUR) + slice_
    events = events_of(database, tenant.tenant_id)
    window = rolling_window_of(gateway_redis, tenant.tenant_id, HOUR)
    assert int(window["tokens"]) == sum(event["total_tokens"] for event in events)
    assert int(window["nano"]) == charged(database, tenant.tenant_id)


async def test_a_limit_that_is_set_under_load_misses_no_call_and_counts_none_twice(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer
) -> None:
    over = asyncio.Event()

    async def load() -> int:
        served = 0
        while not over.is_set():
            served += (await post(client, tenant)).status_code == 200
        return served

    loads = [asyncio.create_task(load()) for _ in range(8)]
    await recorded_events(database, tenant.tenant_id, count=10)
    tenant.limit(database, tokens=10**9, period="rolling", window_seconds=HOUR)

    async def counted() -> bool:
        return rolling_window_of(gateway_redis, tenant.tenant_id, HOUR).get("state") == "whole"

    await eventually(counted)
    await recorded_events(database, tenant.tenant_id, count=len(events_of(database, tenant.tenant_id)) + 20)
    over.set()
    served = sum(await asyncio.gather(*loads))
    events = await recorded_events(database, tenant.tenant_id, count=served)
    window = rolling_window_of(gateway_redis, tenant.tenant_id, HOUR)
    assert int(window["tokens"]) == sum(event["total_tokens"] for event in events)


async def test_a_lost_redis_finds_its_slices_in_the_ledger(
    gateway: GatewayProcess,
    client: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    tenant.limit(database, tokens=10**9, period="rolling", window_seconds=HOUR)
    for model in ("default", "fault-no-usage", "default"):
        await post(client, tenant, model=model)
    await recorded_events(database, tenant.tenant_id, count=3)
    # the lost usage becomes a correction, which belongs to the slice of its attempt
    reconcile_tenant(gateway, database, tenant)
    await recorded_events(database, tenant.tenant_id, count=4)
    before = rolling_window_of(gateway_redis, tenant.tenant_id, HOUR)
    redis = gateway_redis.client()
    redis.flushall()
    redis.close()

    async def rebuilt() -> bool:
        return rolling_window_of(gateway_redis, tenant.tenant_id, HOUR) == before

    await eventually(rebuilt)
    assert int(before["nano"]) == charged(database, tenant.tenant_id)


@pytest.mark.parametrize("unit", ["tokens", "nano_usd"])
async def test_calls_are_served_until_the_window_is_full_and_no_further(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer, unit: str
) -> None:
    bound = {"tokens": 500, "nano_usd": 200_000}[unit]
    tenant.limit(database, **{unit: bound}, period="rolling", window_seconds=31 * 24 * HOUR)
    answers = await asyncio.gather(*(post(client, tenant) for _ in range(60)))
    assert {answer.status_code for answer in answers} == {200, 402}
    window = rolling_window_of(gateway_redis, tenant.tenant_id, 31 * 24 * HOUR)
    assert 0 < int(window["tokens" if unit == "tokens" else "nano"]) <= bound
