"""What one vendor takes and the other refuses is told otherwise on the way, or the route goes on without him."""

import json
from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.gateways.wires import headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider

LONG = "mcp__a_plugin_with_a_long_name__a_server_with_a_long_name__get_the_whole_transcript"
USER = "user_" + "0123456789abcdef" * 8 + "_account__id_42"
TURN = {"role": "user", "content": "x"}
TOOL = {"name": LONG, "input_schema": {"type": "object", "properties": {}}}


async def test_who_says_a_message_takes_no_target_away(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    body = {"model": "falls-over-to-messages", "max_tokens": 50, "messages": [{**TURN, "name": "bob"}]}
    answer = await routed.post("/v1/chat/completions", json=body, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"].endswith("bob: x")
    events = await recorded_events(database, tenant.tenant_id, count=2)
    assert [event["provider"] for event in events] == ["alpha", "messages-only"]


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_long_name_and_a_long_user_are_taken_by_a_vendor_with_shorter_ones(
    routed: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    routed_simulated: SimulatedProvider,
    *,
    streamed: bool,
) -> None:
    body: dict[str, Any] = {
        "model": "by-chat",
        "max_tokens": 200,
        "stream": streamed,
        "metadata": {"user_id": USER},
        "tools": [TOOL],
        "tool_choice": {"type": "tool", "name": LONG},
        "messages": [TURN],
    }
    answer = await routed.post("/v1/messages", json=body, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
    assert f'"name":"{LONG}"' in answer.text.replace('": "', '":"')
    if not streamed:
        content = answer.json()["content"]
        results = [{"type": "tool_result", "tool_use_id": content[0]["id"], "content": "the end"}]
        turns = [TURN, {"role": "assistant", "content": content}, {"role": "user", "content": results}]
        del body["tool_choice"]
        again = await routed.post("/v1/messages", json={**body, "messages": turns}, headers=headers_of(tenant))
        assert again.status_code == 200, again.text
    for event in await recorded_events(database, tenant.tenant_id, count=1):
        assert event["cost_nano_usd"] == routed_simulated.nano_usd({str(event["event_id"])})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", {"messages": [TURN], "user": USER}),
        ("chat/completions", {"messages": [TURN], "stop": list("abcde")}),
        ("messages", {"messages": [TURN], "stop_sequences": list("abcde")}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}], "temperature": 1.5}),
    ],
)
async def test_a_target_whose_vendor_refuses_the_request_lets_the_route_go_on(
    routed: httpx.AsyncClient, tenant: Tenant, path: str, body: dict[str, Any]
) -> None:
    model = "chat-then-messages" if "temperature" not in body else "messages-then-chat"
    asked = {"model": model, "max_tokens": 50, **body}
    answer = await routed.post(f"/v1/{path}", json=asked, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
    alone = await routed.post(
        f"/v1/{path}",
        json={**asked, "model": "by-messages" if "temperature" in body else "by-chat"},
        headers=headers_of(tenant),
    )
    assert (alone.status_code, json.loads(alone.text)["error"]["type"]) == (400, "invalid_request_error")
