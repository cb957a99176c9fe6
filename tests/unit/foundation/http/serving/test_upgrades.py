"""An upgrade that is not wanted is not heard: its request is answered as if nobody had asked for one."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request

from foundation.http.doors import install_doors
from foundation.http.serving.servers import server_config

BODY = json.dumps({"text": "x" * 100_000}).encode()


def _app() -> FastAPI:
    app = FastAPI()

    @app.post("/said")
    async def said(request: Request) -> dict[str, Any]:
        return {"size": len(await request.body()), "upgrade": request.headers.get("upgrade")}

    @app.get("/told")
    async def told() -> dict[str, Any]:
        return {}

    install_doors(app)
    return app


@asynccontextmanager
async def _serving() -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = server_config(_app(), host="127.0.0.1", port=0, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def _answers(port: int, *parts: bytes, count: int = 1) -> list[tuple[int, str, bytes]]:
    """The status, content type and body of each answer to what is sent in these pieces."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return [await _answer(reader) for _ in range(count)]
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str, bytes]:
    async with asyncio.timeout(60):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        kind, length = (re.search(rf"{name}: (.*)\r", head) for name in ("content-type", "content-length"))
        assert kind is not None
        assert length is not None
        return int(head.split()[1]), kind[1], await reader.readexactly(int(length[1]))


def _post(*, upgrade: str, connection: str = "Upgrade", chunked: bool = False) -> bytes:
    framed = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(BODY)}"
    lines = (
        *("POST /said HTTP/1.1", "Host: x", f"Connection: {connection}", f"Upgrade: {upgrade}"),
        *("HTTP2-Settings: AAMAAABk", "Content-Type: application/json", framed, "", ""),
    )
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY) if chunked else BODY
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("upgrade", ["h2c", "TLS/1.2", "websocket", "a, b"])
async def test_a_body_is_read_whatever_its_sender_would_rather_speak(upgrade: str, *, chunked: bool) -> None:
    request = _post(upgrade=upgrade, connection="Upgrade, HTTP2-Settings", chunked=chunked)
    async with _serving() as port:
        # whole, in two pieces at a place in the head, at its end and in the body, and two requests in a row
        for cut in (0, 40, request.index(b"\r\n\r\n") + 4, 300):
            [(status, _, body)] = await _answers(port, request[:cut], request[cut:])
            assert (status, json.loads(body)) == (200, {"size": len(BODY), "upgrade": upgrade})
        for status, _, body in await _answers(port, request + request, count=2):
            assert (status, json.loads(body)["size"]) == (200, len(BODY))


@pytest.mark.parametrize(("path", "status"), [("/told", 404), ("/nowhere", 404)])
async def test_who_wants_a_websocket_gets_a_problem_document(path: str, status: int) -> None:
    lines = (
        *(f"GET {path} HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket"),
        *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""),
    )
    async with _serving() as port:
        [(found, kind, body)] = await _answers(port, "\r\n".join(lines).encode())
    assert (found, kind) == (status, "application/problem+json")
    assert "websocket" in json.loads(body)["detail"].lower()


async def test_nobody_is_connected_through() -> None:
    async with _serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CONNECT x.org:443 HTTP/1.1\r\nHost: x.org\r\n\r\n")
        async with asyncio.timeout(60):
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()


async def test_an_address_with_a_fragment_is_refused() -> None:
    """The parser would drop what follows the mark, and answer of another address than was asked for."""
    async with _serving() as port:
        for target in (b"/told#x", b"/told?a=1#x", b"/#/told"):
            request = b"GET " + target + b" HTTP/1.1\r\nHost: test\r\n\r\n"
            [(status, kind, body)] = await _answers(port, request)
            assert (status, kind) == (400, "application/problem+json"), target
            assert "has a #" in json.loads(body)["detail"]
        [(status, _, _)] = await _answers(port, b"GET /told?a=%23x HTTP/1.1\r\nHost: test\r\n\r\n")
        assert status == 200
