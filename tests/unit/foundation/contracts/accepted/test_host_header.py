"""A request of HTTP/1.1 names the host that it is for (RFC 9112, section 3.2)."""

import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from foundation.http.accepted_requests import AcceptedRequests


async def _app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def asked(version: str, *headers: tuple[bytes, bytes]) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b""}
    scope |= {"http_version": version, "headers": list(headers)}
    await AcceptedRequests(_app, limit=100)(scope, receive, send)
    return sent


async def test_without_it_a_request_of_http_1_1_is_refused() -> None:
    start, body = await asked("1.1")
    assert start["status"] == 400
    assert json.loads(body["body"])["errors"][0]["pointer"] == "/header/host"


@pytest.mark.parametrize(("version", "headers"), [("1.1", [(b"host", b"x")]), ("1.0", []), ("2", [])])
async def test_else_it_is_taken(version: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert (await asked(version, *headers))[0]["status"] == 204
