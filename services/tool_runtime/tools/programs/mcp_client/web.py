"""A server on the web, which is asked through the job's proxy like any other host."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import PARSE_ERROR

from tool_runtime.tools.programs.http.connection import PROXY
from tool_runtime.tools.programs.mcp_client.faults import MOST_BYTES, SHOWN, ServerWatch, WatchedStream
from tool_runtime.tools.programs.refusal_proof import WORDS, proven_reason, told_refusal
from tool_runtime.tools.programs.results import clean

_OK = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_AUTHORIZED = frozenset({401, 403})
_OF_MCP = frozenset({"application/json", "text/event-stream"})


class _Counted(httpx2.AsyncByteStream):
    """A body that ends the call when it is longer than what may be said."""

    def __init__(self, inner: Any, watch: ServerWatch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            if not self._watch.took(len(piece)):
                raise httpx2.ReadError("the server said too much")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class _ThroughProxy(httpx2.AsyncBaseTransport):
    """Tells what the proxy refuses, and what goes wrong on the way, in the words of the tool `http`."""

    def __init__(self, watch: ServerWatch) -> None:
        self._watch = watch
        context = ssl.create_default_context()
        self._inner = httpx2.AsyncHTTPTransport(proxy="http://{}:{}".format(*PROXY), verify=context)

    async def handle_async_request(self, request: Any) -> Any:
        try:
            response = await self._inner.handle_async_request(request)
        except httpx2.ProxyError as error:
            reason = str(error).rpartition(": ")[2]
            if reason in WORDS:
                self._watch.fail("egress_denied", told_refusal(reason, request.url.host))
            else:
                self._watch.fail("connection_failed", f"the connection broke: {str(error)[:SHOWN]}")
            raise
        except httpx2.TransportError as error:
            code = "certificate" if "CERTIFICATE_VERIFY_FAILED" in str(error) else "connection_failed"
            self._watch.fail(code, f"the connection broke: {str(error)[:SHOWN] or type(error).__name__}")
            raise
        refused = proven_reason(response.headers, request.url.host)
        if refused is not None:
            self._watch.fail("egress_denied", told_refusal(refused, request.url.host))
        if response.headers.get("Content-Encoding", "identity") != "identity":
            self._watch.fail("garbage", "the server sends a body that is packed, which was not asked for")
        elif refused is None and request.method == "POST":
            self._fail_of_no_server(response)
        response.stream = _Counted(response.stream, self._watch)
        return response

    def _fail_of_no_server(self, response: Any) -> None:
        """Ends the call where an answer shows that no MCP server is asked, or not as it wants to be.

        Other statuses may be a server's that does not know a newer revision, which is then asked by an older one.
        """
        status, kind = response.status_code, response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if status in _REDIRECTS:
            place = clean(response.headers.get("Location", ""))[:SHOWN]
            self._watch.fail(
                "redirected",
                f"the address leads elsewhere ({status}{': ' if place else ''}{place}), and redirects are not followed;"
                " give the server's own address, and name its host in the task's `egress`",
            )
        if status in _NOT_AUTHORIZED:
            self._watch.fail(
                "not_authorized",
                f"the server wants credentials, or does not take those that it was sent ({status}); name a secret of"
                " its host in the task's `secrets`, which the proxy adds",
            )
        if status == _OK and kind not in _OF_MCP:
            self._watch.fail(
                "no_mcp_server",
                f"the address answers with {kind[:100] or 'no type of content'} where MCP has JSON or a stream of"
                " events; it is no MCP server's: give the whole address of its endpoint, which often ends in /mcp",
            )

    async def aclose(self) -> None:
        await self._inner.aclose()


def is_of_reading(error: MCPError) -> bool:
    """Whether the library has made the error, of an answer that it could not read; it looks like one of the server."""
    return bool(error.code == PARSE_ERROR) and str(error.message).startswith("Failed to parse ")


@contextlib.asynccontextmanager
async def on_the_web(url: str, watch: ServerWatch, *, seconds: float) -> AsyncIterator[tuple[Any, Any]]:
    """The streams of its messages and of ours."""
    headers = {"User-Agent": "Lockstep", "Accept-Encoding": "identity"}
    timeout = httpx2.Timeout(seconds)
    async with (
        httpx2.AsyncClient(transport=_ThroughProxy(watch), headers=headers, timeout=timeout) as client,
        streamable_http_client(url, http_client=client, max_sse_event_size=MOST_BYTES) as (heard, ours),
    ):
        yield WatchedStream(heard, watch), ours
