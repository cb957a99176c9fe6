"""A client that has sent its request and shut down its side of the connection is answered, where answers are quick."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
import uvicorn
from fastapi import FastAPI, Request

from foundation.http.serving.connection import AnsweringHttp, Http
from foundation.http.serving.servers import server_config

BODY = json.dumps({"text": "x" * 100_000}).encode()
_SAID = json.dumps({"size": len(BODY)}, separators=(",", ":")).encode()


class _Answering(AnsweringHttp):
    """As the API serves; says when a connection's client has said its last."""

    ended: ClassVar[asyncio.Event]

    def eof_received(self) -> bool:  # type: ignore[override]  # as what it stands before
        stays = super().eof_received()
        self.ended.set()
        return stays


class _Leaving(Http):
    """As all others do."""

    ended: ClassVar[asyncio.Event]

    def eof_received(self) -> None:
        super().eof_received()
        self.ended.set()


def _app(ended: asyncio.Event) -> FastAPI:
    app = FastAPI()

    @app.post("/said")
    async def said(request: Request) -> dict[str, int]:
        size = len(await request.body())
        await ended.wait()
        return {"size": size}

    return app


@asynccontextmanager
async def _serving(http: type[_Answering | _Leaving]) -> AsyncIterator[int]:
    http.ended = asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = server_config(_app(http.ended), host="127.0.0.1", port=0, lifespan="off", http=http)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def _all_of(port: int, sent: bytes) -> bytes:
    """What comes until the server closes, after this was sent and nothing more will be."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        writer.write_eof()
        async with asyncio.timeout(60):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def _post(body: bytes, *, promised: int | None = None) -> bytes:
    length = len(body) if promised is None else promised
    return f"POST /said HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + body


async def test_whoever_says_no_more_is_answered_and_the_connection_closed() -> None:
    async with _serving(_Answering) as port:
        answer = await _all_of(port, _post(BODY))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(_SAID)
    assert b"connection: close" in answer.lower()


async def test_each_of_several_requests_is_answered() -> None:
    """Of those behind the first nothing is read before that is answered, nor is the end."""
    async with _serving(_Answering) as port:
        _Answering.ended.set()
        answer = await _all_of(port, _post(BODY) * 3)
    assert answer.count(b"HTTP/1.1 200 OK") == answer.count(_SAID) == 3


@pytest.mark.parametrize("sent", [b"", b"POST /said HTT", _post(b"x" * 10, promised=20)])
async def test_what_will_never_be_a_request_is_waited_for_no_longer(sent: bytes) -> None:
    async with _serving(_Answering) as port:
        assert b" 200 " not in await _all_of(port, sent)


async def test_elsewhere_the_end_of_what_is_read_is_taken_for_a_client_that_left() -> None:
    async with _serving(_Leaving) as port:
        assert await _all_of(port, _post(BODY)) == b""
