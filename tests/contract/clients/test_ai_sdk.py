"""The AI SDK's default provider: what it names of its own answers is known, on every wire."""

from pathlib import Path
from typing import Any

import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.vendors.clients import Settled
from fixtures.vendors.node_clients import ai_sdk

by_each_wire = pytest.mark.parametrize("way", ["", "chat-", "messages-"], ids=["all", "chat", "messages"])


@by_each_wire
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_loop_of_tools_ends_in_its_answer(
    gateway: GatewayProcess, tenant: Tenant, settled: Settled, tmp_path: Path, way: str, *, streamed: bool
) -> None:
    about: dict[str, Any] = {"url": gateway.url, "key": tenant.api_key, "home": tmp_path}
    told = await ai_sdk(model=f"{way}forecast", streamed=streamed, **about)
    assert told == {"text": "It is cold.", "steps": 2, "calls": ["weather"]}
    await settled(2)
