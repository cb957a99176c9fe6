"""A request comes within its time and size, whoever sends it; an answer may take as long as it likes."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from foundation.http.doors import install_doors
from foundation.http.serving.arrival import MAX_HEAD_BYTES, Patience
from foundation.http.serving.connection import Http
from foundation.http.serving.servers import server_config

SERVICES = Path(__file__).resolve().parents[5] / "services"
GET = b"GET /told HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /said HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


class Hasty(Http):
    patience = Patience(head_seconds=0.3, body_seconds=0.3, least_bytes_per_second=100)


class Steady(Http):
    patience = Patience(head_seconds=1.0, body_seconds=0.1, least_bytes_per_second=1000)


class Patient(Http):
    patience = Patience(head_seconds=60, body_seconds=60)


def _app() -> FastAPI:
    app = FastAPI()

    @app.post("/said")
    async def said(request: Request) -> dict[str, Any]:
        return {"size": len(await request.body())}

    @app.get("/told")
    async def told(request: Request) -> dict[str, Any]:
        return {"client": None if request.client is None else request.client.host}

    @app.post("/streamed")
    async def streamed() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(15):
                yield b"part"
                await asyncio.sleep(0.1)  # longer in all than a head may take

        return StreamingResponse(parts())

    install_doors(app)
    return app


@asynccontextmanager
async def _serving(http: type[Http]) -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = server_config(_app(), host="127.0.0.1", port=0, lifespan="off", drain_seconds=5)
        config.http = http
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def _told(port: int, *parts: bytes, drip: bytes = b"") -> tuple[int, dict[str, Any]]:
    """The answer to what is sent in these pieces, and then in drops for as long as anybody listens; 0 without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def dripping() -> None:
        while drip:
            writer.write(drip)
            await asyncio.sleep(0.05)

    for part in parts:
        writer.write(part)
        await asyncio.sleep(0)
    drops = asyncio.create_task(dripping())
    try:
        async with asyncio.timeout(60):
            answer = await reader.read()
    finally:
        drops.cancel()
        writer.close()
    if not answer:
        return 0, {}
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("sent", "drip", "status"),
    [
        (b"", b"", 0),
        (b"\r\n", b"\r\n", 408),
        (GET + b"X: ", b"", 408),
        (GET + b"X: ", b"a", 408),
        (POST + b"Content-Length: 100\r\n\r\n{", b"", 408),
        (POST + b"Content-Length: 1000\r\n\r\n{", b" ", 408),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"", 408),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;x=", b"a", 408),
    ],
    ids=["nothing", "lines", "half a head", "a dripping head", "half a body", "a dripping body", "a chunk", "framing"],
)
async def test_what_does_not_come_is_not_waited_for(sent: bytes, drip: bytes, status: int) -> None:
    async with _serving(Hasty) as port:
        found, document = await _told(port, sent, drip=drip)
    assert found == status
    if status:
        assert (document["type"], document["retryable"]) == ("urn:lockstep:problem:request_too_slow", True)
        assert document["remedy"].startswith("send the whole request")


async def test_a_second_head_has_no_more_time_than_the_first() -> None:
    async with _serving(Hasty) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n")
        async with asyncio.timeout(60):
            first = await reader.readuntil(b"}")
            writer.write(GET + b"X: ")
            rest = await reader.read()
        writer.close()
    assert (first.split()[1], rest.split()[1]) == (b"200", b"408")


@pytest.mark.parametrize("ask", [GET[:-2] + b"\r\nX: ", b"GET /" + b"a" * 100, POST[:-2] + b"\r\nX: a\r\nY: "])
async def test_a_head_is_read_up_to_its_size_and_no_further(ask: bytes) -> None:
    async with _serving(Patient) as port:
        status, document = await _told(port, ask, *[b"a" * 10_000 for _ in range(20)])
        assert (status, document["type"]) == (431, "urn:lockstep:problem:head_too_large")
        whole = ask + b"a" * MAX_HEAD_BYTES
        ending = b" HTTP/1.1\r\nHost: x\r\n\r\n" if b"HTTP" not in ask else b"\r\n\r\n"
        assert (await _told(port, whole + ending))[0] == 431


async def test_what_stands_around_the_bytes_of_a_body_is_bounded_too() -> None:
    async with _serving(Patient) as port:
        sent = POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: "
        assert (await _told(port, sent, *[b"a" * 10_000 for _ in range(20)]))[0] == 431


async def test_a_slow_body_that_goes_on_coming_and_a_long_answer_are_not_cut() -> None:
    async with _serving(Steady) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # What has come of the body brings it a minute.
        writer.write(POST.replace(b"/said", b"/streamed") + b"Content-Length: 60002\r\n\r\n[" + b" " * 60_000)
        async with asyncio.timeout(60):
            await asyncio.sleep(0.3)
            writer.write(b"]")
            head = await reader.readuntil(b"\r\n\r\n")
            # Half of the next head stands before its end, which waits for this answer.
            writer.write(GET)
            body = await reader.readuntil(b"0\r\n\r\n")
            writer.write(b"\r\n")
            second = await reader.readuntil(b"}")
        writer.close()
    assert head.split()[1] == b"200"
    assert body.count(b"part") == 15
    assert second.split()[1] == b"200"


async def test_no_client_says_itself_where_it_is() -> None:
    async with _serving(Patient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\r\n")
        async with asyncio.timeout(60):
            answer = await reader.readuntil(b"}")
        writer.close()
    assert b"127.0.0.1" in answer


async def test_what_is_no_http_is_told_so_in_a_problem_document() -> None:
    async with _serving(Patient) as port:
        status, document = await _told(port, b"\x16\x03\x01 hello\r\n\r\n")
    assert (status, document["type"]) == (400, "urn:lockstep:problem:bad_request")


def test_every_server_of_ours_is_configured_in_one_place() -> None:
    made = [
        file.relative_to(SERVICES).as_posix()
        for file in SERVICES.rglob("*.py")
        if re.search(r"uvicorn\.(?:run|Config)\(", file.read_text())
    ]
    assert made == ["foundation/http/serving/servers.py"]
    assert len([file for file in SERVICES.rglob("*.py") if "server_config(" in file.read_text()]) == 5
