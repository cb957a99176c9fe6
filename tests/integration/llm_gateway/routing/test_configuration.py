"""The gateway's file is read anew while it serves: a good one at once, a bad one never, and no stream notices."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.gateways.gateway_routes import LOCAL, MODELS
from fixtures.gateways.ground import GatewayGround
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider

OWN = LOCAL.read_text()
ADDED = '\n[routes.added]\ntargets = [{ provider = "simulated", model = "default" }]\n'
STREAM = "fault-chunks=50+delay=0.1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "routes.toml"
    file.write_text(OWN)
    return file


@pytest.fixture
def reloading(file: Path, ground: GatewayGround) -> Iterator[GatewayProcess]:
    yield from ground.running("gateway-reloading", routes=(file, MODELS))


async def post(gateway: GatewayProcess, tenant: Tenant, model: str, **more: Any) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 100, **more}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30) as client:
        return await client.post("/v1/chat/completions", json=body, headers={"x-api-key": tenant.api_key})


async def alerts(gateway: GatewayProcess, signing: Signing) -> list[str]:
    headers = {"authorization": f"Bearer {signing.service_token()}"}
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        entries = (await client.get("/internal/operations", headers=headers)).json()
    return [entry["about"]["why"] for entry in entries if entry["name"] == "configuration_refused"]


async def test_a_new_route_serves_without_a_restart_and_no_stream_notices(
    reloading: GatewayProcess, file: Path, tenant: Tenant, simulated: SimulatedProvider
) -> None:
    assert (await post(reloading, tenant, "added")).status_code == 404
    others = await simulated.under_way()
    stream = asyncio.create_task(post(reloading, tenant, STREAM, stream=True))
    await simulated.until_it_works(beside=others)
    file.write_text(OWN + ADDED)

    async def serves() -> bool:
        return (await post(reloading, tenant, "added")).status_code == 200

    await eventually(serves)
    assert not stream.done()
    assert (await stream).text.rstrip().endswith("[DONE]")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (OWN + "\n[routes.broken\n", "line"),
        (OWN + '\n[routes.broken]\ntargets = [{ provider = "nobody", model = "x" }]\n', "nobody"),
        (OWN + '\n[routes."fault-*"]\ntargets = [{ provider = "simulated", model = "*" }]\n', "defined a second time"),
        (OWN + '\n[providers.odd]\nadapter = "telegraph"\nbase_url = "http://x"\n', "providers.odd.adapter"),
        (OWN.replace('output = "0.60"', 'output = "0.61"'), "other prices need another version"),
    ],
)
async def test_a_bad_file_is_refused_with_its_line_and_the_old_one_keeps_serving(
    reloading: GatewayProcess, file: Path, tenant: Tenant, signing: Signing, changed: str, why: str
) -> None:
    file.write_text(changed)

    async def refused() -> bool:
        return any(why in told and str(file) in told for told in await alerts(reloading, signing))

    await eventually(refused)
    assert (await post(reloading, tenant, "default")).status_code == 200


async def test_new_prices_come_with_their_version(
    reloading: GatewayProcess, file: Path, tenant: Tenant, database: ScratchDatabase
) -> None:
    await post(reloading, tenant, "default")
    dearer = 'version = "dearer"\n' + OWN.replace('output = "0.60"', 'output = "0.66"')
    file.write_text(dearer)
    versions: set[str] = set()

    async def dearer_serves() -> bool:
        await post(reloading, tenant, "default")
        events = await recorded_events(database, tenant.tenant_id, count=1)
        versions.update(event["price_version"] for event in events)
        return "routes/2026-11-26+dearer" in versions

    await eventually(dearer_serves)
    assert versions == {"routes/2026-11-26", "routes/2026-11-26+dearer"}


async def test_limits_of_the_file_hold_for_every_tenant_that_says_nothing_else(
    reloading: GatewayProcess, file: Path, tenant: Tenant, database: ScratchDatabase
) -> None:
    file.write_text(OWN + "\n[limits.key]\nrequests_a_minute = 3\n")

    async def limited() -> bool:
        newcomer = Tenant().create(database)
        answers = [await post(reloading, newcomer, "default") for _ in range(4)]
        return [answer.status_code for answer in answers] == [200, 200, 200, 429]

    await eventually(limited)
    assert (await post(reloading, tenant, "default")).status_code == 200


def test_a_gateway_does_not_start_on_a_bad_file(file: Path, ground: GatewayGround) -> None:
    file.write_text(OWN + '\n[providers.odd]\nadapter = "telegraph"\nbase_url = "http://x"\n')
    with pytest.raises(RuntimeError, match=r"line \d+: providers\.odd\.adapter"):
        next(ground.running("gateway-misled", routes=(file, MODELS)))
