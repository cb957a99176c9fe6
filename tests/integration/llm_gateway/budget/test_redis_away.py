"""Redis stopped and started: what each tenant declared for that, and that all of it is counted in the end."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.counters import counters_of
from fixtures.money.ledger import charged, events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider
from foundation.contracts.gateway.ledger import ScopeKind
from llm_gateway.budget.redis import keys

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


class Away:
    """Gateways on a Redis of their own, which can be lost."""

    def __init__(
        self, folder: Path, redis: RedisServer, database: ScratchDatabase, simulated: SimulatedProvider
    ) -> None:
        self.redis, self.database = redis, database
        self.simulated = simulated
        self._folder, self._signing = folder, Signing()
        self.gateways: list[GatewayProcess] = []

    def kill_all(self) -> None:
        for gateway in self.gateways:
            gateway.process.kill()

    def gateway(self, instance: str) -> GatewayProcess:
        gateway = GatewayProcess(
            self._folder,
            redis=self.redis,
            database=self.database,
            simulated=self.simulated,
            signing=self._signing,
            instance=instance,
        )
        gateway.process.start()
        self.gateways.append(gateway)
        return gateway

    def tenant(self, redis_away: dict[str, Any] | None, *, tokens: int | None = None) -> Tenant:
        tenant = Tenant().create(self.database)
        if redis_away is not None:
            tenant.settings(self.database, {"redis_away": redis_away})
        if tokens is not None:
            tenant.limit(self.database, tokens=tokens)
        return tenant

    def counted(self, tenant: Tenant) -> tuple[int, ...]:
        return counters_of(self.redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)

    async def until_counted(self, tenant: Tenant, *, calls: int) -> None:
        """Until ledger and counters are one, with every call in them; what was never sent is there at nothing."""
        await recorded_events(self.database, tenant.tenant_id, count=calls)

        async def equal() -> bool:
            _, nano, held_tokens, held_nano = await asyncio.to_thread(self.counted, tenant)
            return (nano, held_tokens, held_nano) == (charged(self.database, tenant.tenant_id), 0, 0)

        await eventually(equal)
        events = events_of(self.database, tenant.tenant_id)
        assert len([event for event in events if event["error_code"] != "not_dispatched"]) == calls


@pytest.fixture
def away(tmp_path: Path, own_database: ScratchDatabase, routed_simulated: SimulatedProvider) -> Iterator[Away]:
    with contextlib.ExitStack() as stack:
        folder = tmp_path / "redis"
        folder.mkdir()
        redis = stack.enter_context(contextlib.contextmanager(running_redis)(folder))
        away = Away(tmp_path, redis, own_database, routed_simulated)
        stack.callback(away.kill_all)
        yield away


async def post(gateway: GatewayProcess, tenant: Tenant, **more: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as client:
        headers = {"authorization": f"Bearer {tenant.api_key}"}
        return await client.post(PATH, json={**BODY, **more}, headers=headers)


@pytest.mark.parametrize(
    "declared",
    [
        None,
        {"policy": "shut"},
        pytest.param({"policy": "closed"}, marks=pytest.mark.full),
        pytest.param({"policy": "bounded_local"}, marks=pytest.mark.full),
    ],
)
async def test_nothing_is_admitted_unless_it_was_declared(away: Away, declared: dict[str, Any] | None) -> None:
    gateway, tenant = away.gateway("gateway-1"), away.tenant(declared)
    served = await post(gateway, tenant)
    assert "x-lockstep-admission" not in served.headers
    away.redis.kill()
    refused = await post(gateway, tenant)
    assert (refused.status_code, refused.headers["x-should-retry"]) == (503, "true")
    away.redis.start()
    await away.until_counted(tenant, calls=1)


@pytest.mark.parametrize("model", ["default", pytest.param("fault-no-usage", marks=pytest.mark.full)])
async def test_an_allowance_is_shared_by_the_gateways_and_a_limit_is_passed_by_no_more(away: Away, model: str) -> None:
    first, second = away.gateway("gateway-1"), away.gateway("gateway-2")
    answer = await post(first, away.tenant(None))
    bound, used = int(answer.headers["x-lockstep-bound-tokens"]), answer.json()["usage"]["total_tokens"]
    allowance = 5 * bound
    declared = {"policy": "bounded_local", "tokens": allowance, "usd": "1"}
    tenant = away.tenant(declared, tokens=bound)
    for gateway in (first, second):
        await post(gateway, tenant)
    served_before = len(await recorded_events(away.database, tenant.tenant_id, count=1))

    async def served_by(gateway: GatewayProcess) -> int:
        served = 0
        while (answer := await post(gateway, tenant, model=model)).status_code == 200:
            assert answer.headers["x-lockstep-admission"] == "local"
            served += 1
        assert (answer.status_code, answer.headers["x-should-retry"]) == (503, "true")
        return served

    away.redis.kill()
    served = [await served_by(first), await served_by(second)]
    charge = used if model == "default" else bound
    # each has half of the allowance, and no call is admitted of which the bound does not fit
    assert served == [1 + (allowance // 2 - bound) // charge] * 2
    away.redis.start()
    await away.until_counted(tenant, calls=served_before + sum(served))
    tokens = away.counted(tenant)[0]
    assert bound < tokens <= bound + allowance

    refused = await post(first, tenant)
    assert refused.status_code == 402
    away.redis.kill()
    again = await served_by(first)
    # what was passed already is not forgotten: the allowance is not there twice
    assert sum(served) * charge + again * charge <= allowance
    away.redis.start()
    await away.until_counted(tenant, calls=served_before + sum(served) + again)
    assert away.counted(tenant)[0] <= bound + allowance


@pytest.mark.full
async def test_what_is_open_is_admitted_without_a_limit_and_counted_in_full(away: Away) -> None:
    gateway, tenant = away.gateway("gateway-1"), away.tenant({"policy": "open"}, tokens=10**6)
    await post(gateway, tenant)
    away.redis.kill()
    slow = asyncio.create_task(post(gateway, tenant, model="fault-slow=4"))
    answers = await asyncio.gather(*(post(gateway, tenant, stream=turn % 2 == 1) for turn in range(12)))
    assert {(answer.status_code, answer.headers["x-lockstep-admission"]) for answer in answers} == {(200, "local")}
    away.redis.start()
    # the slow one was admitted without Redis and ends with it
    assert (await slow).status_code == 200
    await away.until_counted(tenant, calls=14)


async def test_a_gateway_killed_meanwhile_charges_what_it_admitted_when_it_is_back(away: Away) -> None:
    gateway, tenant = away.gateway("gateway-1"), away.tenant({"policy": "open"})
    away.redis.kill()
    assert (await post(gateway, tenant)).status_code == 200
    others = await away.simulated.under_way()
    lost = asyncio.create_task(post(gateway, tenant, model="fault-slow=20"))
    await away.simulated.until_it_works(beside=others)
    gateway.process.kill()
    with pytest.raises(httpx.TransportError):
        await lost
    away.redis.start()
    gateway.process.start()
    await away.until_counted(tenant, calls=2)
    sources = {event["usage_source"] for event in events_of(away.database, tenant.tenant_id)}
    assert sources == {"provider", "bound"}


@pytest.mark.full
async def test_counters_that_are_long_in_the_rebuilding_are_a_redis_that_is_away(away: Away) -> None:
    gateway = away.gateway("gateway-1")
    tenant, closed = away.tenant({"policy": "open"}), away.tenant(None)
    assert (await post(gateway, tenant)).status_code == 200
    # a rebuild waits for every gateway that was alive just now, and this one does not answer
    with away.database.superuser() as connection:
        connection.execute("INSERT INTO gateway_instances VALUES ('gateway-silent', now() + interval '1 hour')")
    client = away.redis.client()
    client.flushall()
    client.close()
    admitted, refused = await asyncio.gather(post(gateway, tenant), post(gateway, closed))
    assert (admitted.status_code, admitted.headers["x-lockstep-admission"]) == (200, "local")
    message = "budgets cannot be checked: they are being counted anew; send it again in a moment"
    assert (refused.status_code, refused.json()["error"]["message"]) == (503, message)
    with away.database.superuser() as connection:
        connection.execute("DELETE FROM gateway_instances WHERE instance_id = 'gateway-silent'")
    await away.until_counted(tenant, calls=2)


async def test_a_redis_that_only_froze_has_each_call_once_whether_or_not_it_made_its_hold(away: Away) -> None:
    gateway, tenant = away.gateway("gateway-1"), away.tenant({"policy": "open"})
    assert (await post(gateway, tenant)).status_code == 200
    client = away.redis.client()
    client.client_pause(4000)
    answers = await asyncio.gather(*(post(gateway, tenant) for _ in range(6)))
    assert {(answer.status_code, answer.headers["x-lockstep-admission"]) for answer in answers} == {(200, "local")}
    await away.until_counted(tenant, calls=7)
    assert client.exists(f"{keys.prefix(keys.bucket_of(tenant.tenant_id))}epoch")
    client.close()
