"""What the Anthropic adapter puts on the wire, seen by a server: the caller's headers, our key, no more."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.providers.over_http import HttpProvider
from llm_gateway.wires.base import Server
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.messages.wire import WIRE

BODY = b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}]}'
BETA = "prompt-caching-2024-07-31,  Odd_Case-2026-01-01;q=1"


@pytest.fixture
async def seen() -> AsyncIterator[tuple[str, list[web.Request]]]:
    requests: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        requests.append(request)
        return web.json_response({"type": "message", "content": []}, headers={"request-id": "req_1"})

    application = web.Application()
    application.router.add_post("/v1/messages", answer)
    application.router.add_post("/v1/messages/count_tokens", answer)
    server = TestServer(application)
    await server.start_server()
    yield str(server.make_url("/v1")), requests
    await server.close()


async def test_version_and_beta_arrive_byte_for_byte_beside_our_own_key(
    seen: tuple[str, list[web.Request]],
) -> None:
    url, requests = seen
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": BETA, "x-api-key": "lsk_caller", "cookie": "a=b"}
    request = read_messages_request(BODY, headers)
    provider = HttpProvider(
        WIRE, "anthropic", url, key="sk-ours", timeouts=TimeoutsConfig(), server=Server(is_vendors_own=True)
    )
    answer = await provider.send(
        provider.body(request, model="claude-x", max_output=1), request=request, client_request_id="c1"
    )
    counted = await provider.count_tokens(request, model="claude-x", client_request_id="c2")
    assert counted is not None
    for reply in (answer, counted):
        assert b"".join([chunk async for chunk in reply.chunks()])
    await provider.close()
    assert answer.request_id == "req_1"
    assert [request.path for request in requests] == ["/v1/messages", "/v1/messages/count_tokens"]
    for got in requests:
        assert got.headers["anthropic-version"] == "2023-06-01"
        assert got.headers["anthropic-beta"] == BETA
        assert got.headers["x-api-key"] == "sk-ours"
        assert "cookie" not in got.headers
        assert "authorization" not in got.headers
