"""HTTP/1.1 for our servers: requests to upgrade to another protocol are answered as plain HTTP/1.1."""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CONNECT = b"CONNECT"


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
