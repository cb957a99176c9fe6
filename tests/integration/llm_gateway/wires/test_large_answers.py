"""Answers above 64 KB are kept in S3, encrypted, and given again as they were or not at all."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fixtures.cloud.object_server import ObjectServer, running_object_server
from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.gateways.ground import GatewayGround

LARGE: dict[str, Any] = {
    "model": "default",
    "messages": [{"role": "user", "content": "penguin " * 12_000}],
    "max_tokens": 60_000,
}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    yield from running_object_server(tmp_path_factory.mktemp("objects"))


@pytest.fixture
def storing(ground: GatewayGround, objects: ObjectServer) -> Iterator[GatewayProcess]:
    yield from ground.running("gateway-storing", more=objects.environment)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_a_large_answer_is_replayed_from_s3_and_a_damaged_one_is_an_error(
    storing: GatewayProcess, tenant: Tenant, signing: Signing, objects: ObjectServer, *, streamed: bool
) -> None:
    step = Step(tenant, signing)
    body = {**LARGE, "stream": streamed}
    headers = {"authorization": f"Bearer {step.token()}", "x-lockstep-call-key": step.call_key(body)}
    async with httpx.AsyncClient(base_url=storing.url, timeout=60) as client:
        first = await client.post("/v1/chat/completions", json=body, headers=headers)
        assert first.status_code == 200, first.text[:500]
        assert len(first.content) > 64 * 1024
        again = await client.post("/v1/chat/completions", json=body, headers=headers)
        assert again.content == first.content
        assert again.headers["x-lockstep-replayed"] == "true"
        [key] = [key for key in objects.keys if str(tenant.tenant_id) in key]
        objects.damage(key)
        damaged = await client.post("/v1/chat/completions", json=body, headers=headers)
        assert (damaged.status_code, damaged.json()["error"]["code"]) == (503, "stored_answer_damaged")
        assert damaged.headers["x-should-retry"] == "false"
