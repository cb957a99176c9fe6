"""What the gateway's integration tests stand on: real processes, a real Redis, a scratch database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.gateways.gateway_routes import LIKE_THE_STACK, LOCAL, MODELS, ROUTED
from fixtures.gateways.ground import GatewayGround
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.money.budget_bench import BudgetBench, Run, running_bench
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider

SCRIPT = """
turns:
  - text: Let me look.
    tool_calls:
      - {name: weather, arguments: {place: Palmer Station}}
  - text: "It is ${last.celsius} degrees."
"""
"""What the model cached-agent says."""


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server for the scripts alone: their tests flush it."""
    yield from running_redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def run_bench(redis_server: RedisServer) -> Run:
    """Runs a test body on a fresh tenant in a loop of its own, as Hypothesis wants its tests synchronous."""

    def run(body: Callable[[BudgetBench], Awaitable[None]]) -> None:
        async def main() -> None:
            async with running_bench(redis_server) as bench:
                await body(bench)

        asyncio.run(main())

    return run


@pytest.fixture(scope="session")
def gateway_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path_factory.mktemp("gateway-redis"))


@pytest.fixture(scope="session")
def database() -> Iterator[ScratchDatabase]:
    """The ledger of all gateways here, which share `gateway_redis`."""
    yield from scratch_database()


@pytest.fixture
def own_database() -> Iterator[ScratchDatabase]:
    """For tests that compare whole ledgers."""
    yield from scratch_database()


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    folder = tmp_path_factory.mktemp("simulated")
    (folder / "cached-agent.yaml").write_text(SCRIPT)
    yield from running_simulated_provider(folder, scripts=folder)


@pytest.fixture(scope="session")
def signing() -> Signing:
    return Signing()


@pytest.fixture(scope="session")
def ground(
    tmp_path_factory: pytest.TempPathFactory,
    gateway_redis: RedisServer,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    signing: Signing,
) -> GatewayGround:
    """What every gateway here is started on."""
    return GatewayGround(gateway_redis, database, simulated, signing, tmp_path_factory.mktemp)


@pytest.fixture(scope="session")
def gateway(ground: GatewayGround) -> Iterator[GatewayProcess]:
    """The gateway that most tests share; tests that kill one start their own."""
    yield from ground.running("gateway-1")


@pytest.fixture
def tenant(database: ScratchDatabase) -> Tenant:
    return Tenant().create(database)


@pytest.fixture
async def client(gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, limits=limits) as http:
        yield http


@pytest.fixture(scope="session")
def impatient_gateway(ground: GatewayGround) -> Iterator[GatewayProcess]:
    """A second gateway that lets nobody wait for room."""
    yield from ground.running("gateway-impatient", more={"LOCKSTEP_GATEWAY_WAIT_SECONDS": "0"})


@pytest.fixture(scope="session")
def faulty_gateway(ground: GatewayGround) -> Iterator[GatewayProcess]:
    """A gateway with little patience: time-outs of a second or two."""
    folder = ground.new_folder("faulty")
    impatient = folder / "routes.toml"
    timeouts = "\n[providers.simulated.timeouts]\nfirst_token = 1\nidle = 1\ntotal = 2.5\n"
    impatient.write_text(LOCAL.read_text() + timeouts)
    yield from ground.running("gateway-faulty", folder=folder, routes=(impatient, MODELS))


@pytest.fixture(scope="session")
def routed_simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    """Stands behind many providers, so that its invoice is no single one's."""
    yield from running_simulated_provider(tmp_path_factory.mktemp("routed-simulated"))


@pytest.fixture(scope="session")
def routed_gateway(ground: GatewayGround, routed_simulated: SimulatedProvider) -> Iterator[GatewayProcess]:
    """A gateway with many providers and routes, that says early that it is there."""
    yield from ground.behind(routed_simulated).running(
        "gateway-routed", routes=(*LIKE_THE_STACK, ROUTED), more={"LOCKSTEP_GATEWAY_SILENCE_SECONDS": "0.3"}
    )


@pytest.fixture
async def routed(routed_gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=routed_gateway.url, timeout=60) as http:
        yield http


@pytest.fixture
async def faulty(faulty_gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=faulty_gateway.url, timeout=60) as http:
        yield http
