"""The one way in which a process of ours serves a web app, and how its server ends."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from socket import socket
from types import FrameType
from typing import Any, Literal

import uvicorn

from foundation.http.serving.connection import Http

_KEEP_ALIVE_SECONDS = 75
"""Longer than what stands before us keeps connections, so that it is not us who closes one that is about to be used."""


def server_config(
    app: Any,
    *,
    host: str,
    port: int,
    drain_seconds: int | None = None,
    loop: Literal["auto", "asyncio", "uvloop"] = "auto",
    lifespan: Literal["auto", "off"] = "auto",
    http: type[Http] = Http,
) -> uvicorn.Config:
    """`drain_seconds` is how long open calls may take to end when the server is told to stop; None: as they like.

    What a proxy says of the client (`X-Forwarded-For`) is not believed here: who asks for an address counts the
    proxies that the operator has named.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop=loop,
        lifespan=lifespan,
        http=http,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=drain_seconds,
    )


class StoppingServer(uvicorn.Server):
    """Says that it stops before it waits for the connections that are open, so that endless answers can end."""

    def __init__(self, config: uvicorn.Config, *, on_stop: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await self._on_stop()
        await super().shutdown(sockets)


class SignalledServer(uvicorn.Server):
    """Says, in the loop, that it was told to stop, before it begins to."""

    def __init__(self, config: uvicorn.Config, *, on_signal: Callable[[], object]) -> None:
        super().__init__(config)
        self._on_signal = on_signal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_signal()
        super().handle_exit(sig, frame)


class SignalFreeServer(uvicorn.Server):
    """Leaves signals to the process that it is a part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
