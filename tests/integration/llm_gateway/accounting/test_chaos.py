"""Gateways and Redis are killed at random under random calls: limits hold all the time, accounts agree in the end."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.chaos.chaos_load import PATH, Load, Payer, Planned, a_payer, planned
from fixtures.chaos.chaos_watch import Watch
from fixtures.chaos.world import World, a_world
from fixtures.eventually import eventually
from fixtures.gateways.reconciling import reconcile
from fixtures.money.ledger import charged, events_of
from llm_gateway.budget.redis import keys

INSTANCES = ("gateway-1", "gateway-2", "gateway-3")
SEED = 20261126
PAYERS, CALLS, AT_ONCE, KILLS = 4, 220, 20, 4


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        for instance in INSTANCES:
            world.gateway(instance, LOCKSTEP_GATEWAY_LEASE_SECONDS="3", LOCKSTEP_GATEWAY_WAIT_SECONDS="3")
        yield world


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(SEED, id="one", marks=pytest.mark.full),
        *(pytest.param(SEED + more, id=f"{more}", marks=pytest.mark.full) for more in range(1, 11)),
    ],
)
async def test_limits_hold_through_every_death_and_all_accounts_agree_in_the_end(
    world: World, seed: int, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(seed)
    payers = [a_payer(world.database, world.signing, chance) for _ in range(PAYERS)]
    calls = [planned(payers, number, chance) for number in range(CALLS)]
    load = Load([gateway.url for gateway in world.gateways.values()], random.Random(seed + 1))
    watch, over, go_on = Watch(world, payers), asyncio.Event(), asyncio.Event()
    go_on.set()
    watching = asyncio.create_task(watch.run(over, least=20))
    loading = asyncio.create_task(load.run(calls, at_once=AT_ONCE, go_on=go_on))
    killed = await _kill_and_start(world, random.Random(seed + 2))
    go_on.clear()
    await loading
    over.set()
    await watching
    assert watch.held_at_most > 0
    assert load.statuses[200] > CALLS / 4, load.statuses

    await _begin_anew(world)
    again = await _repeated(load)
    await world.until_quiet()
    _check_attempts(world, payers, load)
    _check_slots(world, payers)
    assert again == [content for _, content in load.answers]
    reconcile(world.gateways["gateway-1"], world.database)
    assert {p.tenant.tenant_id: charged(world.database, p.tenant.tenant_id) for p in payers} == _billed(world, payers)
    told = ", ".join(f"{status}: {count}" for status, count in sorted(load.statuses.items()))
    record_property(
        "sample", f"seed {seed}, {killed} killed, answers {told}, {load.broken} broken, {watch.looks} looks"
    )


async def _kill_and_start(world: World, chance: random.Random) -> str:
    """One after the other dies and comes back; answers how often each did."""
    counted: Counter[str] = Counter()
    victims = [*INSTANCES, "redis", "redis"]
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        victim = chance.choice(victims)
        counted[victim] += 1
        process = world.redis if victim == "redis" else world.gateways[victim].process
        await asyncio.to_thread(process.kill)
        await asyncio.sleep(chance.uniform(0, 0.8))
        await asyncio.to_thread(process.start)
        await _until_healthy(world)
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


async def _until_healthy(world: World) -> None:
    """Until every gateway serves: two deaths at once are more than what is promised."""
    async with httpx.AsyncClient(timeout=10) as client:

        async def healthy() -> bool:
            answers = [await client.get(f"{gateway.url}/health") for gateway in world.gateways.values()]
            return all(answer.status_code == 200 for answer in answers)

        await eventually(healthy, seconds=60)


async def _begin_anew(world: World) -> None:
    """A gateway that is told to stop ends and settles what it has begun; its next life records what is left."""
    gateways = list(world.gateways.values())
    await asyncio.gather(*(asyncio.to_thread(gateway.process.stop) for gateway in gateways))
    await asyncio.gather(*(asyncio.to_thread(gateway.process.start) for gateway in gateways))
    await world.until_quiet()


async def _repeated(load: Load) -> list[bytes]:
    """What the calls with a key are answered now."""
    async with httpx.AsyncClient(timeout=60) as client:
        return [await _replayed(client, load, call) for call, _ in load.answers]


async def _replayed(client: httpx.AsyncClient, load: Load, call: Planned) -> bytes:
    answer = await client.post(load.chance.choice(load.urls) + PATH, json=call.body, headers=call.headers)
    assert (answer.status_code, answer.headers.get("x-lockstep-replayed")) == (200, "true"), answer.text
    return answer.content


def _attempts(world: World, payer: Payer) -> list[dict[str, Any]]:
    return [one for one in events_of(world.database, payer.tenant.tenant_id) if one["kind"] == "attempt"]


def _check_attempts(world: World, payers: list[Payer], load: Load) -> None:
    """Each admitted attempt has one terminal event, and what is charged for it is at most its bound."""
    attempts = [one for payer in payers for one in _attempts(world, payer)]
    counted = Counter(str(one["event_id"]) for one in attempts)
    assert set(counted.values()) == {1}
    assert load.event_ids <= counted.keys()
    assert {line.client_request_id for line in world.simulated.lines()} <= counted.keys()
    assert all(one["cost_nano_usd"] <= one["bound_nano_usd"] for one in attempts)
    answered = Counter(one["call_key"] for one in attempts if one["call_key"] and one["status"] == "succeeded")
    assert set(answered.values()) <= {1}, "a call with a key is answered once"


def _check_slots(world: World, payers: list[Payer]) -> None:
    with closing(world.redis.client()) as client:
        for payer in payers:
            tenant_id = payer.tenant.tenant_id
            bucket = keys.bucket_of(tenant_id)
            taken = client.smembers(f"{keys.limit(bucket, tenant_id, 'tenant', tenant_id)}:slots")
            assert not taken & set(client.zrange(keys.leases(bucket), 0, -1)), "no slot outlives its lease"


def _billed(world: World, payers: list[Payer]) -> dict[Any, int]:
    owners = {str(one["event_id"]): one["tenant_id"] for payer in payers for one in _attempts(world, payer)}
    billed: dict[Any, int] = dict.fromkeys((payer.tenant.tenant_id for payer in payers), 0)
    for line in world.simulated.lines():
        billed[owners[str(line.client_request_id)]] += int(Decimal(line.cost_usd) * 10**9)
    return billed
