"""HTTP/1.1 for our servers: no upgrades to other protocols, connections that can be cut, a word before the end."""

from collections.abc import Awaitable, Callable
from socket import socket

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CONNECT = b"CONNECT"
CUT = "lockstep.cut"
"""The extension of a request's scope whose `now` drops its connection, with what the client has not taken yet."""


class Http(HttpToolsProtocol):
    """Ignores upgrades (RFC 9110, 7.8), to be set as `http` beside `ws="none"`; the app sees the header all the same.

    The parser ends a request at its head as soon as that asks for an upgrade. It is then told the head once more
    without that field, so that the body is read; requests without one are as fast as before.
    """

    _upgrade_header: bytes | None = None

    def data_received(self, data: bytes) -> None:
        try:
            self._unset_keepalive_if_required()
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._reparse_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        if self._upgrade_header is not None:
            self.headers.append((b"upgrade", self._upgrade_header))
            self._upgrade_header = None
        self.scope["extensions"] = {CUT: {"now": self.transport.abort}}
        super().on_headers_complete()

    def _should_upgrade(self) -> bool:
        """Asked of requests that want to: nothing of them is begun before they are read again."""
        return True

    def _reparse_without_upgrade(self, rest: bytes) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == _CONNECT:
            self.send_400_response("This is no proxy.")
            return
        self._upgrade_header = b", ".join(value for name, value in self.headers if name == b"upgrade")
        head = [method + b" " + self.url + b" HTTP/" + version]
        head += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"\r\n".join(head) + b"\r\n\r\n" + rest)


class StoppingServer(uvicorn.Server):
    """Says that it stops before it waits for the connections that are open, so that endless answers can end."""

    def __init__(self, config: uvicorn.Config, *, on_stop: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await self._on_stop()
        await super().shutdown(sockets)
