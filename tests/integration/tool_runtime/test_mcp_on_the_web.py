"""MCP over streamable HTTP in a real sandbox: the job's proxy is the only way, and has the credential."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from fixtures.machine.free_port import free_port
from fixtures.mcp.web_server import HOST, WebServer, web_server
from fixtures.sandboxing.sandboxes import Ran, run_tool
from foundation.contracts.egress.records import EgressVerdict
from foundation.contracts.tools.mcp.calling import McpResult
from foundation.contracts.tools.mcp.listing import McpListing
from tool_runtime.egress.injecting import Injecting
from tool_runtime.protocol import Injection

TEXT = "Bearer the-very-secret"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(tmp_path_factory.mktemp("mcp")) as made:
        yield made


async def ran(kind: str, url: str, *places: str, seconds: int = 20, **more: Any) -> tuple[Ran, dict[str, Any]]:
    arguments = {"server": {"transport": "streamable_http", "url": url}, **more}
    injecting = Injecting([Injection(name="weather", host=HOST, header="authorization", text=TEXT)])
    done = await run_tool(kind, arguments, private=places, injecting=injecting, wall_seconds=seconds, cpu_seconds=20)
    assert (done.survivors, done.outcome.stop) == ([], None)
    result = json.loads(done.files["result.json"])
    (McpListing if kind == "mcp.list" else McpResult).model_validate(result)
    assert done.outcome.exit_code == ("error" in result), done.stderr
    return done, result


async def test_a_server_is_read_and_called_with_a_credential_that_the_job_never_has(server: WebServer) -> None:
    listed, listing = await ran("mcp.list", server.url, server.place)
    [tool] = McpListing.model_validate(listing).tools or []
    assert (tool.name, tool.inputSchema["required"]) == ("forecast", ["city"])
    call: dict[str, Any] = {"tool": "forecast", "arguments": {"city": "Oslo"}, "pins": {"forecast": tool.pin()}}
    called, result = await ran("mcp.call", server.url, server.place, **call)
    assert result["structured"] == {"city": "Oslo", "weather": "rain"}
    _, failed = await ran("mcp.call", server.url, server.place, **{**call, "arguments": {"city": "Nowhere"}})
    assert (failed["error"]["code"], "forecast" in failed["error"]["detail"]) == ("tool_error", True)
    _, changed = await ran("mcp.call", server.url, server.place, **{**call, "pins": {"forecast": "0" * 64}})
    assert changed["error"]["code"] == "tools_changed"
    assert {line.partition(" ")[2] for line in server.requests()} == {TEXT}
    assert "very-secret" not in str(listed.files) + listed.stderr + str(called.files) + called.stderr
    assert {(one.host, one.verdict) for one in called.egress.records} == {(HOST, EgressVerdict.ALLOWED)}


async def test_a_host_that_the_task_does_not_name_is_not_asked(server: WebServer) -> None:
    done, result = await ran("mcp.list", server.url)
    assert result["error"]["code"] == "egress_denied"
    assert result["error"]["detail"].startswith("host_not_allowed: ")
    assert {one.verdict for one in done.egress.records} == {EgressVerdict.REFUSED}
    _, tunnel = await ran("mcp.list", "https://elsewhere.example/mcp")
    assert (tunnel["error"]["code"], tunnel["error"]["detail"][:16]) == ("egress_denied", "host_not_allowed")


@asynccontextmanager
async def a_site(answer: bytes, *, then: bytes = b"", hangs: bool = False) -> AsyncIterator[int]:
    """Answers whatever it is asked; then says more and more, or nothing and stays."""
    port, over = free_port(), asyncio.Event()
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        try:
            while then:
                writer.write(then)
                await writer.drain()
            await writer.drain()
            if hangs:
                await over.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    served = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield port
    finally:
        over.set()
        served.close()
        await asyncio.gather(*filter(None, serving), return_exceptions=True)


_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
_PACKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>"
_AWAY = b"HTTP/1.1 307 Away\r\nLocation: http://other.inside.example/mcp\r\nContent-Length: 0\r\n\r\n"
_OURS = (
    b"HTTP/1.1 403 Forbidden\r\nX-Egress-Reason: host_not_allowed\r\nX-Egress-Proof: " + b"0" * 64
) + b"\r\nContent-Length: 0\r\n\r\n"
_NO_JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\nwelcome"
_NONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
SITES: dict[str, tuple[dict[str, Any], str, int]] = {
    "floods": ({"answer": _STREAM + b"data: ", "then": b"x" * 65536}, "too_much", 20),
    "hangs": ({"answer": _STREAM, "hangs": True}, "timed_out", 5),
    "packs what it says": ({"answer": _PACKED}, "garbage", 20),
    "leads elsewhere": ({"answer": _AWAY}, "redirected", 20),
    "is a page": ({"answer": _PAGE}, "no_mcp_server", 20),
    "speaks in the proxy's name": ({"answer": _OURS}, "not_authorized", 20),
    "is none": ({"answer": _NONE}, "refused", 20),
    "says what is no message": ({"answer": _STREAM + b"data: {}\n\n", "hangs": True}, "garbage", 20),
    "says what is no JSON": ({"answer": _NO_JSON}, "garbage", 20),
    "breaks off": ({"answer": b""}, "connection_failed", 20),
}


_ALWAYS = frozenset({"leads elsewhere", "is a page"})


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in _ALWAYS else pytest.mark.full) for name in SITES]
)
async def test_a_site_that_is_no_server_is_told_in_words(name: str) -> None:
    about, code, seconds = SITES[name]
    async with a_site(**about) as port:
        _, result = await ran("mcp.list", f"http://{HOST}:{port}/mcp", f"{HOST}:{port}=127.0.0.1", seconds=seconds)
    assert result["error"]["code"] == code, result
