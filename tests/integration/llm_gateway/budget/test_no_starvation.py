"""Room that is only held is waited for: who can be served within the budget is, and nobody is told that it is spent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.gateway_routes import LIKE_THE_STACK
from fixtures.gateways.ground import GatewayGround
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider
from foundation.contracts.gateway.ledger import ScopeKind

PATH = "/v1/chat/completions"
USD = 10**9
BUDGET, CALLS = 25 * USD, 200
PRICED = """
[providers.dear]
adapter = "openai-compatible"
base_url = "{simulated_provider_url}/v1"

[routes.dear]
targets = [{ provider = "dear", model = "fault-slow=0.05" }]

[[prices]]
provider = "dear"
model = "*"
input = "0"
output = "1000"
"""
"""A thousandth of a million output tokens is a dollar; what is said below has ten: a cent."""
ASKED: dict[str, Any] = {
    "model": "dear",
    "messages": [{"role": "user", "content": "hello you"}],
    "max_tokens": 1000,
}
LONG_WAIT, SHORT_QUEUE = {"LOCKSTEP_GATEWAY_WAIT_SECONDS": "100"}, {"LOCKSTEP_GATEWAY_WAITERS": "20"}


@pytest.fixture(scope="module")
def dear_gateway(
    ground: GatewayGround, routed_simulated: SimulatedProvider, request: pytest.FixtureRequest
) -> Iterator[GatewayProcess]:
    folder = ground.new_folder("dear")
    file = folder / "dear.toml"
    file.write_text(PRICED)
    dear = ground.behind(routed_simulated)
    yield from dear.running("gateway-dear", folder=folder, routes=(*LIKE_THE_STACK, file), more=request.param)


@pytest.fixture
async def dear(dear_gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=dear_gateway.url, timeout=120, limits=limits) as client:
        yield client


async def post(client: httpx.AsyncClient, tenant: Tenant, **more: Any) -> httpx.Response:
    return await client.post(PATH, json={**ASKED, **more}, headers={"authorization": f"Bearer {tenant.api_key}"})


async def post_until_served(client: httpx.AsyncClient, tenant: Tenant, seen: Counter[str]) -> httpx.Response:
    async with asyncio.timeout(120):
        while (answer := await post(client, tenant)).status_code == 429:
            seen[answer.json()["error"]["code"]] += 1
            assert answer.headers["x-should-retry"] == "true"
            await asyncio.sleep(int(answer.headers["retry-after-ms"]) / 1000)
        return answer


async def check_spent(
    tenant: Tenant, database: ScratchDatabase, redis: RedisServer, simulated: SimulatedProvider
) -> None:
    """Two dollars to the nano-dollar, each call sent once."""
    events = await recorded_events(database, tenant.tenant_id, count=CALLS)
    assert {(one["cost_nano_usd"], one["bound_nano_usd"]) for one in events} == {(USD // 100, USD)}
    assert sum(one["cost_nano_usd"] for one in events) == 2 * USD
    sent = Counter(line.client_request_id for line in simulated.lines())
    assert [sent[str(one["event_id"])] for one in events] == [1] * CALLS
    _, nano, held_tokens, held_nano = counters_of(redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    assert (nano, held_tokens, held_nano) == (2 * USD, 0, 0)


@pytest.mark.parametrize("dear_gateway", [LONG_WAIT], indirect=True, ids=["long-wait"])
async def test_eight_times_as_many_calls_as_fit_at_once_are_all_served_from_the_queue(
    dear: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
    routed_simulated: SimulatedProvider,
) -> None:
    tenant.limit(database, nano_usd=BUDGET)
    answers = await asyncio.gather(*(post(dear, tenant) for _ in range(CALLS)))
    assert Counter(answer.status_code for answer in answers) == {200: CALLS}
    await check_spent(tenant, database, gateway_redis, routed_simulated)


@pytest.mark.parametrize("dear_gateway", [SHORT_QUEUE], indirect=True, ids=["short-queue"])
async def test_who_finds_the_queue_full_is_told_when_to_come_again_and_served_then(
    dear: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
    routed_simulated: SimulatedProvider,
) -> None:
    tenant.limit(database, nano_usd=BUDGET)
    seen: Counter[str] = Counter()
    answers = await asyncio.gather(*(post_until_served(dear, tenant, seen) for _ in range(CALLS)))
    assert Counter(answer.status_code for answer in answers) == {200: CALLS}
    assert set(seen) == {"budget_held"}
    await check_spent(tenant, database, gateway_redis, routed_simulated)


@pytest.mark.parametrize("dear_gateway", [LONG_WAIT], indirect=True, ids=["long-wait"])
async def test_only_what_is_spent_or_can_never_fit_is_payment_required(
    dear: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.limit(database, nano_usd=USD + USD // 100)
    too_large = await post(dear, tenant, max_tokens=1011)
    assert (too_large.status_code, too_large.headers["x-should-retry"]) == (402, "false")
    assert too_large.json()["error"]["remaining"]["usd"] == "1.01"
    # one of these holds nearly all: the others wait and are not refused
    answers = await asyncio.gather(*(post(dear, tenant) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    spent = await post(dear, tenant)
    assert (spent.status_code, spent.json()["error"]["remaining"]["usd"]) == (402, "0.99")
    assert (await post(dear, tenant, max_tokens=990)).status_code == 200
