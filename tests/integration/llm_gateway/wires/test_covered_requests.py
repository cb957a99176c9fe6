"""Through every door: what no bound covers is refused before it costs anything, what is declared is held and sent."""

import json
from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.gateways.wires import headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider

PDF = "JVBERi0xLjQg" + "d29yZCB3b3Jk" * 400
SHOWN = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}
TOOL = {"name": "Read", "input_schema": {"type": "object", "properties": {}}}


def chat(model: str, *parts: Any) -> tuple[str, Any]:
    content = [*parts, {"type": "text", "text": "What does it say?"}]
    return "chat/completions", {"model": model, "max_tokens": 10, "messages": [{"role": "user", "content": content}]}


def messages(model: str, *results: Any) -> tuple[str, Any]:
    turns = [
        {"role": "user", "content": "read it"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": list(results)}]},
    ]
    return "messages", {"model": model, "max_tokens": 9, "tools": [TOOL], "messages": turns}


def responses(model: str, *items: Any) -> tuple[str, Any]:
    return "responses", {"model": model, "max_output_tokens": 100, "input": [{"role": "user", "content": "q"}, *items]}


REFERENCE = {"type": "item_reference", "id": "msg_1"}
FILE = {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}}
INPUT_FILE = {"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        (*chat("vision-1", {"type": "file", "file": {"file_id": "file-abc"}}), "messages.0.content.0.file.file_id"),
        (*chat("default", FILE), "messages.0.content.0"),
        (*messages("default", SHOWN), "messages.2.content.0.content.0"),
        (*responses("default", REFERENCE, REFERENCE, REFERENCE), "input.1"),
        (*responses("default", {"id": "msg_1"}), "input.1"),
        (*responses("default", {"type": "reasoning", "id": "rs_1", "summary": []}), "input.1"),
        (*responses("default", {"role": "user", "content": [INPUT_FILE]}), "input.1.content.0"),
        ("embeddings", {"model": "embed-1", "input": "x", "images": ["https://x.org/a.png"]}, "images"),
    ],
)
async def test_what_no_bound_covers_is_refused_with_its_place_and_costs_nothing(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, path: str, body: Any, place: str
) -> None:
    answer = await client.post(f"/v1/{path}", json=body, headers=headers_of(tenant))
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, place), answer.text
    assert answer.headers["x-should-retry"] == "false"
    assert events_of(database, tenant.tenant_id) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        chat("vision-1", FILE),
        messages("vision-1", SHOWN),
        responses("vision-1", {"role": "user", "content": [INPUT_FILE]}),
    ],
    ids=["chat", "messages", "responses"],
)
async def test_a_document_is_sent_where_the_model_declares_its_maximum_and_costs_no_more(
    client: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    path: str,
    body: Any,
) -> None:
    answer = await client.post(f"/v1/{path}", json=body, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert 1000 < event["input_tokens"] <= event["bound_tokens"] == int(answer.headers["x-lockstep-bound-tokens"])
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])})


async def test_counting_takes_what_messages_take(client: httpx.AsyncClient, tenant: Tenant) -> None:
    _, body = messages("vision-1", SHOWN)
    answer = await client.post("/v1/messages", json=body, headers=headers_of(tenant))
    counted = await client.post("/v1/messages/count_tokens", json=body, headers=headers_of(tenant))
    assert counted.status_code == 200, counted.text
    assert counted.json()["input_tokens"] == answer.json()["usage"]["input_tokens"]


async def test_where_no_provider_counts_the_gateway_does_and_says_that_it_guesses(
    routed: httpx.AsyncClient, tenant: Tenant
) -> None:
    _, body = messages("by-chat", {"type": "text", "text": "x" * 3000})
    counted = await routed.post("/v1/messages/count_tokens", json=body, headers=headers_of(tenant))
    assert (counted.status_code, counted.headers["x-lockstep-counted"]) == (200, "estimate")
    assert 1000 <= counted.json()["input_tokens"] < 3000


OWN_TOOLS: list[dict[str, Any]] = [
    {
        "type": "namespace",
        "name": "n",
        "description": "d",
        "tools": [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}],
    },
    {"type": "custom", "name": "apply_patch", "description": "d"},
    {"type": "apply_patch"},
    {"type": "local_shell"},
    {"type": "tool_search", "execution": "client", "description": "d", "parameters": {"type": "object"}},
]


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_tools_that_the_client_runs_pass_and_those_of_the_provider_are_left_out_and_named(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, *, streamed: bool
) -> None:
    tools = [*OWN_TOOLS, {"type": "web_search"}]
    body = {"model": "default", "max_output_tokens": 50, "input": "hello", "tools": tools, "stream": streamed}
    answer = await client.post("/v1/responses", json=body, headers=headers_of(tenant))
    assert (answer.status_code, answer.headers["x-lockstep-tools-left-out"]) == (200, "web_search"), answer.text
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["total_tokens"] <= event["bound_tokens"]


@pytest.mark.parametrize("model", ["by-chat", "by-messages"])
async def test_a_tool_of_the_provider_stands_in_the_way_of_no_translation(
    routed: httpx.AsyncClient, tenant: Tenant, model: str
) -> None:
    tools = [{"type": "function", "name": "weather", "parameters": {"type": "object"}}, {"type": "web_search"}]
    body = {"model": model, "max_output_tokens": 50, "input": "hello", "tools": tools}
    answer = await routed.post("/v1/responses", json=body, headers=headers_of(tenant))
    assert (answer.status_code, answer.headers["x-lockstep-tools-left-out"]) == (200, "web_search"), answer.text


CALLS = [
    ({"type": "custom_tool_call", "call_id": "c", "name": "apply_patch", "input": "x"}, "custom_tool_call_output"),
    (
        {"type": "local_shell_call", "id": "c", "call_id": "c", "status": "completed", "action": {"type": "exec"}},
        "local_shell_call_output",
    ),
    ({"type": "apply_patch_call", "call_id": "c", "status": "completed", "operation": {}}, "apply_patch_call_output"),
]


@pytest.mark.parametrize(("call", "output"), CALLS)
async def test_what_such_tools_were_asked_and_answered_passes_too(
    client: httpx.AsyncClient, tenant: Tenant, call: dict[str, Any], output: str
) -> None:
    answered = {"type": output, "call_id": "c", "output": "done", "status": "completed"}
    if output == "custom_tool_call_output":
        del answered["status"]
    if output == "local_shell_call_output":
        answered["id"] = "c"
        del answered["call_id"]
    path, body = responses("default", call, answered)
    answer = await client.post(f"/v1/{path}", json={**body, "tools": OWN_TOOLS}, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("store", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_search_is_asked_for_where_it_has_a_price_and_is_paid(
    client: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    streamed: bool,
    store: bool,
) -> None:
    path, body = responses("searching-1")
    asked = {**body, "tools": [{"type": "web_search"}], "stream": streamed, "store": store}
    answer = await client.post(f"/v1/{path}", json=asked, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
    assert "x-lockstep-tools-left-out" not in answer.headers
    text = answer.text.rpartition("data: ")[2] if streamed else answer.text
    document = json.loads(text)
    output = (document["response"] if streamed else document)["output"]
    assert [item["type"] for item in output] == ["web_search_call", "web_search_call", "message"]
    # what was found may be told again, and counts
    again = {**asked, "input": [*body["input"], *output, {"role": "user", "content": "go on"}]}
    second = await client.post(f"/v1/{path}", json=again, headers=headers_of(tenant))
    assert second.status_code == 200, second.text
    for event in await recorded_events(database, tenant.tenant_id, count=2):
        assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 20_000_000
        assert event["cost_nano_usd"] <= event["bound_nano_usd"]
    unknown = {**asked, "input": [*body["input"], {**output[0], "id": "ws_unknown"}]}
    refused = await client.post(f"/v1/{path}", json=unknown, headers=headers_of(tenant))
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input.1")
