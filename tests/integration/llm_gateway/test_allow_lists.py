"""Through every door: what no bound covers is refused before it costs anything, what is declared is held and sent."""

from typing import Any

import httpx
import pytest

from fixtures.gateway import Tenant
from fixtures.ledger import events_of, recorded_events
from fixtures.postgres import ScratchDatabase
from fixtures.simulated import SimulatedProvider
from fixtures.wires import headers_of

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
