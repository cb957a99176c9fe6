"""What will never go well is told at once, in the caller's dialect, with what would be right."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.wires import STREAMING, Wire, body_of, check_error, headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events

CALLS = [Wire.CHAT, Wire.MESSAGES, Wire.RESPONSES]
on_each_wire = pytest.mark.parametrize("wire", CALLS)
MODELS = dict.fromkeys(Wire, "default") | {Wire.EMBEDDINGS: "embed-1"}


def check_told(wire: Wire, answer: httpx.Response) -> dict[str, Any]:
    """The error, not to be repeated, with an id under which it can be asked about."""
    check_error(wire, answer.status_code, answer.content)
    assert answer.headers["x-should-retry"] == "false"
    assert answer.headers["x-request-id"]
    if wire is Wire.MESSAGES:
        assert answer.json()["request_id"] == answer.headers["request-id"] == answer.headers["x-request-id"]
    error: dict[str, Any] = answer.json()["error"]
    return error


@on_each_wire
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
async def test_a_model_of_which_no_provider_has_a_key_is_said_to_be_one_at_once(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, *, streamed: bool
) -> None:
    body = body_of(wire, "claude-sonnet-4-5", streamed=streamed)
    answer = await client.post(wire.path, json=body, headers=headers_of(tenant))
    error = check_told(wire, answer)
    assert (answer.status_code, error["code"]) == (404, "no_provider_key")
    assert "no provider of the model 'claude-sonnet-4-5' has a key here" in error["message"]


@on_each_wire
async def test_a_model_that_its_provider_does_not_know_is_not_found(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire
) -> None:
    answer = await client.post(wire.path, json=body_of(wire, "fault-status=404"), headers=headers_of(tenant))
    assert (answer.status_code, check_told(wire, answer)["code"]) == (404, "model_not_found")


@on_each_wire
@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_a_target_that_refuses_a_request_is_passed_over_for_the_next(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, wire: Wire, status: int
) -> None:
    body = body_of(wire, f"refused-{status}", streamed=wire is not Wire.CHAT)
    answer = await routed.post(wire.path, json=body, headers=headers_of(tenant))
    assert (answer.status_code, answer.headers["x-lockstep-attempts"]) == (200, "2"), answer.text
    events = await recorded_events(database, tenant.tenant_id, count=2)
    assert [(event["provider"], event["http_status"]) for event in events] == [("alpha", status), ("beta", 200)]
    assert events[0]["cost_nano_usd"] == 0


async def test_a_refusal_is_none_of_the_attempts_that_a_route_has(routed: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await routed.post(Wire.CHAT.path, json=body_of(Wire.CHAT, "refuses-once"), headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/v1/chat/completions", 405, "POST"),
        ("PUT", "/v1/messages", 405, "POST"),
        ("DELETE", "/v1/models", 405, "GET, HEAD"),
        ("POST", "/v1/models/default", 405, "GET, HEAD"),
        ("OPTIONS", "/v1/embeddings", 405, "POST"),
        ("POST", "/v1/completions", 404, "POST /v1/chat/completions"),
        ("POST", "/v1/chat/completions/", 404, "did you mean /v1/chat/completions?"),
        ("POST", "/v1/v1/messages", 404, "did you mean /v1/messages?"),
        ("GET", "/v1/responses/resp_1", 404, "POST /v1/chat/completions"),
        ("POST", "/v1/messages/batches", 404, "POST /v1/chat/completions"),
        ("GET", "/v1", 404, "/v1/models"),
        ("GET", "/v1/", 404, "/v1/models"),
    ],
)
@pytest.mark.parametrize("version", [None, "2023-06-01"], ids=["openai", "anthropic"])
async def test_a_path_or_a_method_that_is_not_served_is_told_what_is(
    client: httpx.AsyncClient, tenant: Tenant, method: str, path: str, status: int, says: str, version: str | None
) -> None:
    headers = {"x-api-key": tenant.api_key} | ({} if version is None else {"anthropic-version": version})
    answer = await client.request(method, path, headers=headers, content=b"{}" if method == "POST" else None)
    is_messages = version is not None or path.startswith("/v1/messages")
    error = check_told(Wire.MESSAGES if is_messages else Wire.CHAT, answer)
    assert answer.status_code == status
    assert says in error["message"]
    assert (answer.headers.get("allow") == says) is (status == 405)


@on_each_wire
async def test_a_client_that_asks_for_a_websocket_is_sent_back_to_http(gateway: GatewayProcess, wire: Wire) -> None:
    where = urlsplit(gateway.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(
        f"GET {wire.path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().lower()
    writer.close()
    assert head.startswith("http/1.1 426"), head
    assert "x-request-id:" in head


@pytest.mark.parametrize("wire", Wire)
@pytest.mark.parametrize(
    ("header", "value", "says"),
    [
        ("content-encoding", "gzip", "without Content-Encoding"),
        ("content-encoding", "zstd", "without Content-Encoding"),
        ("content-type", "application/x-www-form-urlencoded", "application/json"),
        ("content-type", "text/plain", "application/json"),
        ("content-type", "application/json; charset=utf-16", "UTF-8"),
    ],
)
async def test_a_body_that_is_sent_otherwise_than_as_json_is_told_how_to_send_it(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, header: str, value: str, says: str
) -> None:
    content = json.dumps(body_of(wire, MODELS[wire])).encode()
    answer = await client.post(wire.path, content=content, headers={**headers_of(tenant), header: value})
    assert answer.status_code == 415
    assert says in check_told(wire, answer)["message"]


@pytest.mark.parametrize("wire", Wire)
@pytest.mark.parametrize("kind", [None, "application/json; charset=UTF-8", "application/vnd.api+json"])
async def test_json_is_taken_by_whatever_name_it_has(
    client: httpx.AsyncClient, tenant: Tenant, wire: Wire, kind: str | None
) -> None:
    headers = headers_of(tenant) | ({} if kind is None else {"content-type": kind})
    if kind is None:
        del headers["content-type"]
    content = json.dumps(body_of(wire, MODELS[wire])).encode()
    answer = await client.post(wire.path, content=content, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_a_model_is_there_by_name_where_a_call_to_it_has_somewhere_to_go(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    headers = {"x-api-key": tenant.api_key}
    listed = [model["id"] for model in (await client.get("/v1/models", headers=headers)).json()["data"]]
    found = [(await client.get(f"/v1/models/{name}", headers=headers)).status_code for name in listed]
    assert set(found) == {200}
    for name in ("claude-sonnet-4-5", "gpt-5", "claude-*", "no-such-model"):
        assert name not in listed
        for version in ({}, {"anthropic-version": "2023-06-01"}):
            answer = await client.get(f"/v1/models/{name}", headers=headers | version)
            assert check_told(Wire.MESSAGES if version else Wire.CHAT, answer)
            assert answer.status_code == 404


@pytest.mark.parametrize("key", [None, "lsk_wrong"])
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/default", "/v1/models/no-such-model"])
@pytest.mark.parametrize("wire", [Wire.CHAT, Wire.MESSAGES])
async def test_models_are_for_those_who_have_a_key(
    client: httpx.AsyncClient, wire: Wire, path: str, key: str | None
) -> None:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    headers |= {"anthropic-version": "2023-06-01"} if wire is Wire.MESSAGES else {}
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 401
    check_told(wire, answer)
    head = await client.head(path, headers=headers)
    assert (head.status_code, head.content) == (401, b"")


async def test_where_get_is_served_head_is_too(client: httpx.AsyncClient, tenant: Tenant) -> None:
    got = await client.get("/v1/models", headers=headers_of(tenant))
    head = await client.head("/v1/models", headers=headers_of(tenant))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("wire", STREAMING)
async def test_an_answer_has_an_id_that_the_ledger_knows(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, wire: Wire, *, streamed: bool
) -> None:
    body = body_of(wire, "default", streamed=streamed)
    answer = await client.post(wire.path, json=body, headers=headers_of(tenant))
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert answer.headers["x-request-id"] == str(event["request_id"])
    assert answer.headers.get("request-id") == (str(event["request_id"]) if wire is Wire.MESSAGES else None)


async def test_an_image_of_nine_mebibytes_is_taken_as_the_vendors_take_it(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    url = "data:image/png;base64," + "A" * (9 * 2**20)
    parts = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What is it?"}]
    body = {"model": "vision-1", "max_tokens": 9, "messages": [{"role": "user", "content": parts}]}
    answer = await client.post(Wire.CHAT.path, json=body, headers=headers_of(tenant))
    assert answer.status_code == 200, answer.text
