"""However many large bodies come, the gateway has no more of them than there is memory for."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.ground import GatewayGround
from fixtures.gateways.wires import Wire, body_of, check_error, headers_of

LARGE = 2 * 2**20


@pytest.fixture
def narrow_gateway(ground: GatewayGround) -> Iterator[GatewayProcess]:
    """It has room for one large body at a time."""
    yield from ground.running("gateway-narrow", more={"LOCKSTEP_LARGE_BODIES_BYTES": str(3 * 2**20)})


@pytest.fixture
async def narrow(narrow_gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=narrow_gateway.url, timeout=60) as http:
        yield http


async def test_what_finds_no_room_is_told_to_come_again_and_small_bodies_pass(
    narrow: httpx.AsyncClient, tenant: Tenant
) -> None:
    headers = headers_of(tenant)

    async def asked(size: int) -> httpx.Response:
        body = body_of(Wire.MESSAGES, "fault-slow=3", text="x" * size)
        return await narrow.post(Wire.MESSAGES.path, json=body, headers=headers)

    one, other, small = await asyncio.gather(asked(LARGE), asked(LARGE), asked(10))
    answered, refused = sorted((one, other), key=lambda answer: answer.status_code)
    assert (answered.status_code, refused.status_code, small.status_code) == (200, 503, 200)
    assert refused.headers["x-should-retry"] == "true"
    check_error(Wire.MESSAGES, refused.status_code, refused.content)
    again = await narrow.post(Wire.CHAT.path, json=body_of(Wire.CHAT, "default", text="x" * LARGE), headers=headers)
    assert again.status_code == 200
