"""What the tests of money and operations stand on: the API in this process, a gateway as a process, a real Redis."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant, running_gateway_process
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase, scratch_database
from fixtures.machine.redis_server import RedisServer, running_redis
from fixtures.providers.simulated import SimulatedProvider, running_simulated_provider


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchDatabase]:
    """A database of these tests' own: others compare theirs with the invoice of another provider."""
    yield from scratch_database()


@pytest.fixture(scope="session")
def signing() -> Signing:
    return Signing()


@pytest.fixture(scope="session")
def gateway_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    yield from running_redis(tmp_path_factory.mktemp("gateway-redis"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedProvider]:
    yield from running_simulated_provider(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="session")
def gateway(
    tmp_path_factory: pytest.TempPathFactory,
    gateway_redis: RedisServer,
    scratch: ScratchDatabase,
    simulated: SimulatedProvider,
    signing: Signing,
) -> Iterator[GatewayProcess]:
    yield from running_gateway_process(
        tmp_path_factory.mktemp("gateway"), redis=gateway_redis, database=scratch, simulated=simulated, signing=signing
    )


@pytest.fixture(scope="session")
async def api(scratch: ScratchDatabase, gateway: GatewayProcess, signing: Signing) -> AsyncIterator[ApiInProcess]:
    async with api_in_process(scratch, gateway_url=gateway.url, signing=signing) as running:
        yield running


@pytest.fixture(scope="session")
async def lonely_api(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    """An API whose gateway is away."""
    async with api_in_process(scratch, gateway_url=f"http://127.0.0.1:{free_port()}", signing=signing) as running:
        yield running


@pytest.fixture
def tenant(scratch: ScratchDatabase) -> Tenant:
    return Tenant().create(scratch)


@pytest.fixture
async def models(gateway: GatewayProcess, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway as the tenant's key reaches it."""
    headers = {"authorization": f"Bearer {tenant.api_key}"}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=60, headers=headers) as client:
        yield client


@pytest.fixture
def platform_acts(scratch: ScratchDatabase) -> Any:
    """What operators did to a target, as (actor, action, detail), oldest first."""

    def read(target: str) -> list[tuple[Any, ...]]:
        with scratch.superuser() as connection:
            return connection.execute(
                "SELECT actor, action, detail FROM platform_audit WHERE target = %s AND action NOT LIKE 'call.%%'"
                " ORDER BY audit_id",
                [target],
            ).fetchall()

    return read


@pytest.fixture
def audited(scratch: ScratchDatabase, tenant: Tenant) -> Any:
    """What was done in the tenant, as its audit has it: (actor, action, target, detail), oldest first."""

    def read() -> list[tuple[Any, ...]]:
        with scratch.superuser() as connection:
            return connection.execute(
                "SELECT actor, action, target, detail FROM audit_log WHERE tenant_id = %s AND action NOT LIKE 'call.%%'"
                " ORDER BY audit_id",
                [tenant.tenant_id],
            ).fetchall()

    return read
