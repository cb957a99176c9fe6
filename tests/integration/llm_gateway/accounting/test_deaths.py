"""Gateways and Redis die in mid-call: the invoice never passes ledger and holds, and meets the ledger after."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.gateways.reconciling import reconcile
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.counters import counters_of
from fixtures.money.ledger import charged, events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider
from foundation.contracts.gateway.ledger import ScopeKind

PATH = "/v1/chat/completions"
SLOW_PLAIN = {"model": "fault-slow=0.6"}
SLOW_STREAM = {"model": "fault-chunks=12+delay=0.08", "stream": True}


def asked(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 60, **more}


class World:
    """Everything of its own, since parts of it are killed."""

    def __init__(
        self, folder: Path, redis: RedisServer, database: ScratchDatabase, simulated: SimulatedProvider
    ) -> None:
        self.redis, self.database, self.simulated = redis, database, simulated
        self.signing = Signing()
        self.tenant = Tenant().create(database)
        self._folder = folder
        self.gateways: list[GatewayProcess] = []

    def kill_all(self) -> None:
        for gateway in self.gateways:
            gateway.process.kill()

    def gateway(self, instance: str = "gateway-1", **more: str) -> GatewayProcess:
        gateway = GatewayProcess(
            self._folder,
            redis=self.redis,
            database=self.database,
            simulated=self.simulated,
            signing=self.signing,
            instance=instance,
            more={"LOCKSTEP_GATEWAY_LEASE_SECONDS": "3", **more},
        )
        gateway.process.start()
        self.gateways.append(gateway)
        return gateway

    def step(self) -> Step:
        return Step(self.tenant, self.signing)

    def covered(self) -> int:
        """Nano-dollars that the tenant's budget counts: the ledger, the stream and the holds."""
        return sum(self.counters())

    def counters(self) -> tuple[int, int]:
        """Nano-dollars committed and held."""
        tenant_id = self.tenant.tenant_id
        _, nano, _, held = counters_of(self.redis, tenant_id, ScopeKind.TENANT, tenant_id)
        return nano, held

    async def nothing_held(self) -> bool:
        return (await asyncio.to_thread(self.counters))[1] == 0

    async def something_held(self) -> bool:
        return not await self.nothing_held()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with contextlib.ExitStack() as stack:
        redis_folder, provider_folder = tmp_path / "redis", tmp_path / "provider"
        redis_folder.mkdir()
        provider_folder.mkdir()
        redis = stack.enter_context(contextlib.contextmanager(running_redis)(redis_folder))
        database = stack.enter_context(contextlib.contextmanager(scratch_database)())
        simulated = stack.enter_context(contextlib.contextmanager(running_simulated_provider)(provider_folder))
        world = World(tmp_path, redis, database, simulated)
        stack.callback(world.kill_all)
        yield world


async def call(url: str, token: str, body: dict[str, Any], **headers: str) -> httpx.Response | None:
    """The answer, or None when the gateway died under the call."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        try:
            return await client.post(PATH, json=body, headers={"authorization": f"Bearer {token}", **headers})
        except httpx.TransportError:
            return None


class Invariant:
    """Compares the invoice with what the budget covers, again and again; the invoice is read first: it only grows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.looks = 0

    async def watch(self, until: asyncio.Event) -> None:
        """Until told to stop, and thrice at least, however slow the machine is."""
        while not until.is_set() or self.looks < 3:
            billed = await asyncio.to_thread(self._world.simulated.nano_usd)
            assert billed <= await asyncio.to_thread(self._world.covered)
            self.looks += 1
            await asyncio.sleep(0.01)


async def until_ledger_settles(world: World, *, count: int) -> list[dict[str, Any]]:
    """Until all attempts are recorded and nothing is held."""
    events = await recorded_events(world.database, world.tenant.tenant_id, count=count)
    await eventually(world.nothing_held)
    return events


@pytest.mark.parametrize(
    ("body", "again"),
    [
        pytest.param(SLOW_STREAM, "restarts", id="stream-restarts"),
        pytest.param(SLOW_PLAIN, "stays dead", id="plain-stays dead"),
        pytest.param(SLOW_PLAIN, "restarts", id="plain-restarts", marks=pytest.mark.full),
        pytest.param(SLOW_STREAM, "stays dead", id="stream-stays dead", marks=pytest.mark.full),
    ],
)
async def test_a_gateway_killed_in_mid_call_loses_no_money(world: World, body: dict[str, Any], again: str) -> None:
    gateway = world.gateway()
    other = world.gateway("gateway-2")
    invariant, over = Invariant(world), asyncio.Event()
    await call(gateway.url, world.step().token(), asked(model="default"))
    watching = asyncio.create_task(invariant.watch(over))
    calls = [asyncio.create_task(call(gateway.url, world.step().token(), asked(**body))) for _ in range(6)]
    await world.simulated.until_it_works(calls=6)
    gateway.process.kill()
    assert [await one for one in calls] == [None] * 6
    if again == "restarts":
        gateway.process.start()
    events = await until_ledger_settles(world, count=7)
    over.set()
    await watching
    lost = [event for event in events if event["usage_source"] == "bound"]
    assert len(lost) == 6
    billed = world.simulated.nano_usd()
    assert billed < charged(world.database, world.tenant.tenant_id)

    report = reconcile(other, world.database)
    assert report["charged_after_nano_usd"] == billed
    assert report["adjustments"] == 6
    assert charged(world.database, world.tenant.tenant_id) == billed
    assert world.counters() == (billed, 0)
    assert reconcile(other, world.database)["adjustments"] == 0
    assert world.counters() == (billed, 0)


async def test_a_call_lost_with_its_gateway_is_made_again_and_both_attempts_are_events(world: World) -> None:
    gateway = world.gateway()
    other = world.gateway("gateway-2")
    step = world.step()
    body = asked(**SLOW_PLAIN)
    key = {"x-lockstep-call-key": step.call_key(body)}
    first = asyncio.create_task(call(gateway.url, step.token(), body, **key))
    await eventually(world.something_held)
    gateway.process.kill()
    assert await first is None
    answers: list[httpx.Response] = []

    async def answered() -> bool:
        answer = await call(other.url, step.token(), body, **key)
        assert answer is not None
        answers.append(answer)
        assert answer.status_code == 200 or (answer.status_code, answer.headers["x-should-retry"]) == (409, "true")
        return answer.status_code == 200

    await eventually(answered)
    again = await call(other.url, step.token(), body, **key)
    assert again is not None
    assert again.content == answers[-1].content
    events = await until_ledger_settles(world, count=2)
    assert sorted(event["usage_source"] for event in events) == ["bound", "provider"]


@pytest.mark.full
async def test_a_stored_answer_survives_its_gateway(world: World) -> None:
    gateway = world.gateway()
    step = world.step()
    body = asked(model="default", stream=True)
    key = {"x-lockstep-call-key": step.call_key(body)}
    first = await call(gateway.url, step.token(), body, **key)
    gateway.process.kill()
    gateway.process.start()
    again = await call(gateway.url, step.token(), body, **key)
    assert first is not None
    assert again is not None
    assert again.content == first.content
    assert len(await until_ledger_settles(world, count=1)) == 1


@pytest.mark.full
async def test_flushing_redis_under_load_changes_no_total(world: World) -> None:
    gateways = [world.gateway(), world.gateway("gateway-2")]
    step = world.step()
    answers: list[httpx.Response | None] = []

    async def load(url: str, number: int) -> None:
        for turn in range(8):
            model = {"model": "fault-slow=0.15"} if (number + turn) % 2 else {"model": "default", "stream": True}
            answers.append(await call(url, step.token(), asked(**model)))

    loads = [asyncio.create_task(load(gateways[number % 2].url, number)) for number in range(10)]
    client = world.redis.client()
    for pause in (0.4, 0.4, 0.05, 0.1):  # the last ones fall into the rebuild of those before
        await asyncio.sleep(pause)
        await asyncio.to_thread(client.flushall)
    client.close()
    await asyncio.gather(*loads)
    statuses = [answer.status_code for answer in answers if answer is not None]
    assert len(statuses) == 80
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) > 40
    await until_ledger_settles(world, count=statuses.count(200))
    await _equal(world, await _quiet(world))


async def test_a_redis_killed_and_restarted_is_rebuilt_without_drift(world: World) -> None:
    gateway = world.gateway()
    step = world.step()
    for _ in range(5):
        assert (await call(gateway.url, step.token(), asked(model="default"))) is not None
    under_way = [asyncio.create_task(call(gateway.url, step.token(), asked(**SLOW_STREAM))) for _ in range(4)]
    await world.simulated.until_it_works(calls=4)
    world.redis.kill()
    refused = await call(gateway.url, step.token(), asked(model="default"))
    assert refused is not None
    assert (refused.status_code, refused.headers["x-should-retry"]) == (503, "true")
    async with httpx.AsyncClient(base_url=gateway.url) as client:

        async def not_ready() -> bool:
            return (await client.get("/health")).status_code == 503

        # dependencies are asked once a second, so an answer may be as old as that
        await eventually(not_ready)
    world.redis.start()
    ended = [answer for one in under_way if (answer := await one) is not None]
    assert len(ended) == 4
    for answer in ended:
        # either the settlement was confirmed in time, or the stream says that it was not
        assert ("[DONE]" in answer.text) != ('"error"' in answer.text)

    async def served() -> bool:
        answer = await call(gateway.url, step.token(), asked(model="default"))
        return answer is not None and answer.status_code == 200

    await eventually(served)
    # a stream that came when Redis was gone already was refused, and leaves no event
    await until_ledger_settles(world, count=6 + sum(answer.status_code == 200 for answer in ended))
    await _equal(world, await _quiet(world))


async def test_postgres_away_spools_events_and_refuses_only_calls_that_need_it(world: World) -> None:
    gateway = world.gateway()
    step = world.step()
    assert (await call(gateway.url, step.token(), asked(model="default"))) is not None
    with world.database.superuser() as connection:
        for login in ("llm_gateway", "recorder"):
            connection.execute(f"REVOKE CONNECT ON DATABASE {connection.info.dbname} FROM PUBLIC")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname = %s",
                [login, connection.info.dbname],
            )
        answer = await call(gateway.url, step.token(), asked(model="default"))
        assert answer is not None
        assert answer.status_code == 200
        body = asked(model="default")
        keyed = await call(gateway.url, step.token(), body, **{"x-lockstep-call-key": step.call_key(body)})
        assert keyed is not None
        assert (keyed.status_code, keyed.headers["x-should-retry"]) == (503, "true")
        assert len(events_of(world.database, world.tenant.tenant_id)) <= 1
        connection.execute(f"GRANT CONNECT ON DATABASE {connection.info.dbname} TO PUBLIC")
    await until_ledger_settles(world, count=2)
    await _equal(world, await _quiet(world))


async def test_sigterm_lets_open_streams_end_and_loses_no_event(world: World) -> None:
    gateway = world.gateway()
    step = world.step()
    streams = [asyncio.create_task(call(gateway.url, step.token(), asked(**SLOW_STREAM))) for _ in range(5)]
    await world.simulated.until_it_works(calls=5)
    await asyncio.to_thread(gateway.process.stop)
    for stream in streams:
        answer = await stream
        assert answer is not None
        assert answer.text.rstrip().endswith("[DONE]")
    world.gateway()
    await until_ledger_settles(world, count=5)
    await _equal(world, world.simulated.nano_usd())


async def _quiet(world: World) -> int:
    """What was billed, once the provider has ended every generation."""
    await world.simulated.until_it_rests()
    return await asyncio.to_thread(world.simulated.nano_usd)


async def _equal(world: World, billed: int) -> None:
    """Ledger, live counters and invoice are one number after the report is in."""
    reconcile(world.gateways[0], world.database)
    assert charged(world.database, world.tenant.tenant_id) == billed
    assert world.counters() == (billed, 0)
