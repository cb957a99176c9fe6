"""The part of ASGI that the simulated provider uses; with no framework above it, it can break answers anywhere."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 40 * 1024 * 1024
CLOSE = "simulated_provider.close"
"""The name of the ASGI extension with which the application can close a connection that it has not answered."""


class ConnectionCut(Exception):
    """Ends the request without ending its answer, so that the server closes the connection."""


async def read_body(receive: Receive) -> bytes:
    """The request's body; ValueError above 40 MB."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionCut
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise ValueError("the body is larger than 40 MB")
        if not message.get("more_body", False):
            return b"".join(parts)


async def start(send: Send, status: int, headers: dict[str, str]) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})


async def respond(send: Send, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    lines = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}
    await start(send, status, lines)
    await send({"type": "http.response.body", "body": body})


def close(scope: Scope) -> None:
    """Close the request's connection."""
    scope["extensions"][CLOSE]["connection"]()


class ClientWatch:
    """Knows whether the client has closed the connection."""

    def __init__(self, receive: Receive) -> None:
        self._task = asyncio.create_task(self._wait(receive))

    async def _wait(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    @property
    def gone(self) -> bool:
        return self._task.done()

    async def sleep(self, seconds: float | None) -> None:
        """Sleep until the time is over or the client goes away; None waits for the client only."""
        if seconds != 0:
            await asyncio.wait({self._task}, timeout=seconds)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})
