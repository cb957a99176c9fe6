"""Server-sent events over HTTP: whether a caller asks for them, and an answer that goes on until one side ends it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from control_plane.requests.answers.negotiation import VARY, prefers
from foundation.http.serving.connection import CUT
from foundation.telemetry.background import cancelled
from foundation.telemetry.logs import logger

MEDIA_TYPE = "text/event-stream"
STALL_SECONDS = 30.0
"""A client that takes nothing for this long is cut off; it goes on from the last id that it has."""

_log = logger(__name__)


def wants_event_stream(accept: str | None) -> bool:
    """Whether an Accept header names server-sent events, and JSON not before them."""
    return prefers(MEDIA_TYPE, accept)


class EventStreamResponse(Response):
    """Sends what `chunks` gives, and closes what is `held` for it when the last of it has left, or the client has."""

    media_type = MEDIA_TYPE

    def __init__(self, chunks: AsyncGenerator[bytes], *, held: ExitStack, stall_seconds: float = STALL_SECONDS) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no", **VARY})
        del self.headers["content-length"]
        self._chunks = chunks
        self._held = held
        self._stall_seconds = stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        writing = asyncio.ensure_future(self._write(scope, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
            if writing.done():
                writing.result()
        finally:
            await cancelled([writing, leaving])

    async def _write(self, scope: Scope, send: Send) -> None:
        with self._held:
            async with aclosing(self._chunks) as chunks:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                try:
                    async for chunk in chunks:
                        await self._send(send, {"type": "http.response.body", "body": chunk, "more_body": True})
                    await self._send(send, {"type": "http.response.body", "body": b""})
                except TimeoutError:
                    _log.debug("a reader of a stream took nothing for too long and was cut off")
                    if CUT in scope.get("extensions", {}):
                        scope["extensions"][CUT]["now"]()

    async def _send(self, send: Send, message: Message) -> None:
        async with asyncio.timeout(self._stall_seconds):
            await send(message)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
