"""A gateway that is told to end waits neither for a client that takes nothing nor for a provider that says nothing."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from fixtures.chaos.world import World, a_world
from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.reconciling import reconcile
from fixtures.gateways.wires import Wire, body_of, headers_of
from fixtures.money.ledger import events_of, recorded_events

DEAF = "fault-huge-line=4000000+chunks=200+delay=0.005"
"""More than all buffers between take."""
SILENT = "fault-chunks=20+stall=3"
ENDS_WITHIN = 45
"""Seconds: fewer than a client may stall or a provider be silent, many more than an end takes on a busy machine."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


async def asked(gateway: GatewayProcess, tenant: Tenant, model: str) -> asyncio.StreamWriter:
    """A stream that has begun, of which nothing but the first bytes is read."""
    address = urlsplit(gateway.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((address.hostname, address.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=4096)
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "hello"}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {tenant.api_key}\r\n"
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    assert (await reader.readline()).split()[1] == b"200"
    return writer


@pytest.mark.parametrize(
    ("model", "leaves"),
    [
        (SILENT, False),
        pytest.param(DEAF, False, marks=pytest.mark.full),
        pytest.param(SILENT, True, marks=pytest.mark.full),
    ],
)
async def test_open_answers_are_charged_before_a_gateway_ends(world: World, model: str, leaves: bool) -> None:
    gateway = world.gateway("gateway-1", LOCKSTEP_DRAIN_SECONDS="1")
    tenant = Tenant().create(world.database)
    writer = await asked(gateway, tenant, model)
    if leaves:
        writer.close()
    await asyncio.to_thread(gateway.process.stop, seconds=ENDS_WITHIN)
    writer.close()
    [event] = events_of(world.database, tenant.tenant_id)
    assert event["status"] == ("succeeded" if model == DEAF else "cut")
    assert event["usage_source"] == ("provider" if model == DEAF else "bound")
    gateway.process.start()
    await world.until_quiet()
    assert len(await recorded_events(world.database, tenant.tenant_id, count=1)) == 1

    async def agrees() -> bool:
        return bool(reconcile(gateway, world.database)["drift_after_usd"] == "0")

    await eventually(agrees)


@pytest.mark.parametrize(
    ("streamed", "leaves"),
    [
        (True, True),
        pytest.param(True, False, marks=pytest.mark.full),
        pytest.param(False, False, marks=pytest.mark.full),
    ],
)
async def test_a_provider_that_has_not_begun_to_answer_keeps_no_gateway_from_its_end(
    world: World, *, streamed: bool, leaves: bool
) -> None:
    gateway = world.gateway("gateway-1", LOCKSTEP_DRAIN_SECONDS="1")
    tenant = Tenant().create(world.database)
    body = body_of(Wire.CHAT, "fault-hang", streamed=streamed)

    async def sent() -> bool:
        async with httpx.AsyncClient(base_url=world.simulated.url) as provider:
            return bool((await provider.get("/usage")).headers["x-in-flight"])

    async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as client:
        calling = asyncio.create_task(client.post("/v1/chat/completions", json=body, headers=headers_of(tenant)))
        await eventually(sent)
        if leaves:
            calling.cancel()
        await asyncio.to_thread(gateway.process.stop, seconds=ENDS_WITHIN)
        await asyncio.gather(calling, return_exceptions=True)
    [event] = events_of(world.database, tenant.tenant_id)
    assert (event["status"], event["error_code"], event["usage_source"]) == ("failed", "gateway_ending", "bound")


def live_gateways(world: World) -> set[str]:
    with world.database.superuser() as connection:
        return {str(name) for (name,) in connection.execute("SELECT instance_id FROM gateway_instances")}


@pytest.mark.parametrize("redis_answers", [True, pytest.param(False, marks=pytest.mark.full)])
async def test_only_a_gateway_that_has_nothing_left_to_settle_signs_off(world: World, redis_answers: bool) -> None:
    gateway, other = world.gateway("gateway-1", LOCKSTEP_DRAIN_SECONDS="1"), world.gateway("gateway-2")
    tenant = Tenant().create(world.database)
    writer = await asked(gateway, tenant, SILENT)
    assert live_gateways(world) == {"gateway-1", "gateway-2"}
    if not redis_answers:
        world.redis.kill()
    await asyncio.to_thread(gateway.process.stop, seconds=60)
    writer.close()
    # what the journal still has is charged by nobody else, so that a rebuild has to wait for this gateway
    assert live_gateways(world) == {"gateway-2"} | (set() if redis_answers else {"gateway-1"})
    await asyncio.to_thread(other.process.stop)
