"""Breakers are one over all gateways: what one opens the others spare, and a person closes it everywhere."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Tenant
from fixtures.gateways.gateway_routes import LIKE_THE_STACK, ROUTED
from fixtures.gateways.ground import GatewayGround
from fixtures.providers.simulated import SimulatedProvider

MODEL = "fault-status=500+delay=0.5"
PATH = f"/internal/breakers/alpha/{MODEL}"


@pytest.fixture
def other_gateway(ground: GatewayGround, routed_simulated: SimulatedProvider) -> Iterator[GatewayProcess]:
    yield from ground.behind(routed_simulated).running("gateway-other", routes=(*LIKE_THE_STACK, ROUTED))


async def post(gateway: GatewayProcess, tenant: Tenant) -> httpx.Response:
    body = {"model": "breaks", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 10}
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30) as client:
        return await client.post("/v1/chat/completions", json=body, headers={"x-api-key": tenant.api_key})


async def breaker(gateway: GatewayProcess, signing: Signing, method: str = "GET") -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        answer = await client.request(method, PATH, headers={"authorization": f"Bearer {signing.service_token()}"})
    return dict(answer.json())


async def test_what_one_gateway_opens_the_others_spare_until_a_person_closes_it(
    routed_gateway: GatewayProcess, other_gateway: GatewayProcess, tenant: Tenant, signing: Signing
) -> None:
    assert (await post(other_gateway, tenant)).status_code == 502, "its breaker is known and closed"
    await asyncio.gather(*(post(routed_gateway, tenant) for _ in range(5)))
    opened = await breaker(routed_gateway, signing)
    assert (opened["state"], opened["why"]) == ("open", "failures")

    async def spared() -> bool:
        return bool((await post(other_gateway, tenant)).json()["error"]["code"] == "circuit_open")

    await eventually(spared)
    closed = await breaker(other_gateway, signing, "DELETE")
    assert closed["state"] == "closed"

    async def closed_too() -> bool:
        return bool((await breaker(routed_gateway, signing))["state"] == "closed")

    await eventually(closed_too)
    async with httpx.AsyncClient(base_url=routed_gateway.url) as client:
        headers = {"authorization": f"Bearer {signing.service_token()}"}
        listed = (await client.get("/internal/breakers", headers=headers)).json()
        entries = (await client.get("/internal/operations", headers=headers)).json()
    assert MODEL in {one["model"] for one in listed}
    changes = [entry["state"] for entry in entries if entry["kind"] == "breaker" and entry["name"] == f"alpha/{MODEL}"]
    assert changes[:2] == ["closed", "open"]


async def test_breakers_are_for_services_only(routed: httpx.AsyncClient, tenant: Tenant) -> None:
    for headers in ({}, {"authorization": f"Bearer {tenant.api_key}"}):
        assert (await routed.get("/internal/breakers", headers=headers)).status_code == 401
        assert (await routed.delete(PATH, headers=headers)).status_code == 401
