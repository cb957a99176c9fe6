"""Gateways that are replaced one by one, and a Redis that is emptied, under load: no event and no total is lost."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.chaos.world import World, a_world
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.gateways.reconciling import reconcile
from fixtures.gateways.steady_streams import PATH, Streams
from fixtures.money.counters import counters_of, rolling_window_of
from fixtures.money.ledger import charged, events_of, recorded_events
from foundation.contracts.gateway.ledger import ScopeKind

HOUR = 3600


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


def asked(model: str = "default", **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 60, **more}


def headers_of(tenant: Tenant) -> dict[str, str]:
    return {"authorization": f"Bearer {tenant.api_key}"}


async def post(url: str, tenant: Tenant, **more: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return await client.post(PATH, json=asked(**more), headers=headers_of(tenant))


async def test_gateways_replaced_one_by_one_end_every_stream_and_lose_no_event(world: World) -> None:
    gateways = [world.gateway("gateway-1"), world.gateway("gateway-2")]
    tenant = Tenant().create(world.database)
    streams, go_on = Streams([gateway.url for gateway in gateways], headers_of(tenant)), asyncio.Event()
    go_on.set()
    body = asked("fault-chunks=12+delay=0.08", stream=True)
    loading = asyncio.create_task(streams.run(body, at_once=8, go_on=go_on))

    async def all_stream() -> bool:
        return streams.open == 8

    for gateway in gateways:
        await eventually(all_stream)
        whole = streams.ended["whole"]
        await asyncio.to_thread(gateway.process.stop)
        await asyncio.to_thread(gateway.process.start)
        assert streams.ended["whole"] > whole
    await eventually(all_stream)
    go_on.clear()
    await loading
    assert set(streams.ended) == {"whole"}
    await world.until_quiet()
    events = events_of(world.database, tenant.tenant_id)
    assert Counter(event["status"] for event in events) == {"succeeded": streams.ended["whole"]}
    assert charged(world.database, tenant.tenant_id) == world.simulated.nano_usd()
    assert reconcile(gateways[0], world.database)["adjustments"] == 0


@pytest.mark.full
async def test_a_redis_emptied_under_load_is_rebuilt_for_every_tenant_with_its_windows(world: World) -> None:
    gateways = [world.gateway("gateway-1"), world.gateway("gateway-2")]
    tenants = [Tenant().create(world.database) for _ in range(4)]
    for tenant in tenants:
        tenant.limit(world.database, tokens=10**7, period="rolling", window_seconds=HOUR)
        tenant.limit(world.database, nano_usd=10**12)
        tenant.rates(world.database, {"tenant": {"requests_a_minute": 10_000, "tokens_a_minute": 10**7, "at_once": 6}})
    statuses: Counter[int] = Counter()
    served: Counter[Any] = Counter()

    async def load(number: int) -> None:
        for turn in range(10):
            tenant = tenants[(number + turn) % len(tenants)]
            model = {"model": "fault-slow=0.15"} if turn % 2 else {"stream": True}
            answer = await post(gateways[number % 2].url, tenant, **model)
            statuses[answer.status_code] += 1
            served[tenant.tenant_id] += answer.status_code == 200

    loads = [asyncio.create_task(load(number)) for number in range(12)]
    with contextlib.closing(world.redis.client()) as client:
        for enough in (10, 30, 31, 60):

            async def are_served(enough: int = enough) -> bool:
                return served.total() >= enough or all(one.done() for one in loads)

            await eventually(are_served, seconds=60)
            await asyncio.to_thread(client.flushall)
    await asyncio.gather(*loads)
    assert set(statuses) <= {200, 503}
    assert statuses[200] > 60
    await world.until_quiet()
    reconcile(gateways[0], world.database)
    for tenant in tenants:
        events = [one for one in events_of(world.database, tenant.tenant_id) if one["error_code"] != "not_dispatched"]
        assert len(events) == served[tenant.tenant_id]
        # the next call counts a window that nobody asked for since, out of the ledger
        assert (await post(gateways[1].url, tenant)).status_code == 200
        await recorded_events(world.database, tenant.tenant_id, count=len(events) + 1)
        tokens, nano, *held = counters_of(world.redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
        rolling = rolling_window_of(world.redis, tenant.tenant_id, HOUR)
        ledger = sum(one["total_tokens"] for one in events_of(world.database, tenant.tenant_id))
        assert (tokens, nano, held) == (ledger, charged(world.database, tenant.tenant_id), [0, 0])
        assert int(rolling["tokens"]) == ledger
    billed = sum(charged(world.database, tenant.tenant_id) for tenant in tenants)
    assert billed == world.simulated.nano_usd()


@pytest.mark.full
async def test_what_was_given_up_while_redis_was_away_takes_no_room_when_it_is_back(world: World) -> None:
    gateway = world.gateway("gateway-1")
    tenant = Tenant().create(world.database)
    bound = int((await post(gateway.url, tenant)).headers["x-lockstep-bound-tokens"])
    limited = Tenant().create(world.database)
    limited.limit(world.database, tokens=bound)
    await world.until_quiet()
    world.redis.kill()
    answers = await asyncio.gather(*(post(gateway.url, limited) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {503}
    world.redis.start()

    async def is_served() -> bool:
        return (await post(gateway.url, limited)).status_code == 200

    await eventually(is_served, seconds=60)
    await world.until_quiet()
    assert len(events_of(world.database, limited.tenant_id)) == 1
