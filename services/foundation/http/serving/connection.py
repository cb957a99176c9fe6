"""HTTP/1.1 for our servers: no upgrades, requests within a time and a size, connections that can be cut."""

import json
from asyncio import BaseTransport, TimerHandle, Transport
from typing import Any, ClassVar, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from foundation.domain.errors import BadRequest, LockstepError
from foundation.http.problems import MEDIA_TYPE, problem_body
from foundation.http.request_limits import HeadTooLarge, RequestTooSlow
from foundation.http.serving.arrival import MAX_HEAD_BYTES, Arrival, Patience, Phase
from foundation.http.statuses import status_of

_CONNECT = b"CONNECT"
CUT = "lockstep.cut"
"""The extension of a request's scope whose `now` drops its connection, with what the client has not taken yet."""
_LINGER_SECONDS = 2.0
"""A connection whose request was refused stays open so long for the client to read why."""
_FIELD_OVERHEAD = 4


class Http(HttpToolsProtocol):
    """Every connection of ours.

    Upgrades are ignored (RFC 9110, 7.8), to be set as `http` beside `ws="none"`; the app sees the header all the same.
    The parser ends a request at its head as soon as that asks for an upgrade. It is then told the head once more
    without that field, so that the body is read; requests without one are as fast as before.

    A request must come within the time and the size of `Arrival`, whoever sends it: the app would only see it once its
    head is whole, and nobody has shown a credential until then. An answer may take as long as it likes.
    """

    patience: ClassVar[Patience] = Patience()
    _upgrade_header: bytes | None = None
    _refusal: LockstepError | None = None
    _timer: TimerHandle | None = None
    _arrival: Arrival

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        self._arrival = Arrival(Phase.HEAD, self.loop.time(), self.patience)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        self._unset_keepalive_if_required()
        if self._arrival.phase is Phase.NOTHING:
            self._arrival.enter(Phase.HEAD, self.loop.time())
        self._arrival.framing += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._reparse_without_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._refusal or BadRequest("this is no request of HTTP/1.1"))
        else:
            if self._arrival.is_overlong():
                self._refuse(_too_large())
            self._watch()

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + _FIELD_OVERHEAD for name, value in self.headers)
        if size > MAX_HEAD_BYTES:
            self._refusal = _too_large()
            raise self._refusal  # which ends the parser; `data_received` answers
        if b"#" in self.url:
            # The parser takes what follows for a fragment, which is never sent, and drops it.
            reason = "the address of the request has a #, which no address that is sent may have"
            self._refusal = BadRequest(reason, remedy="leave out what follows it, or write it as %23")
            raise self._refusal
        if self._upgrade_header is not None:
            self.headers.append((b"upgrade", self._upgrade_header))
            self._upgrade_header = None
        self.scope["extensions"] = {CUT: {"now": self.transport.abort}}
        self._arrival.enter(Phase.BODY, self.loop.time())
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._arrival.body_came(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._arrival.enter(Phase.NOTHING, self.loop.time())
        super().on_message_complete()

    def on_message_begin(self) -> None:
        if self._arrival.phase is Phase.NOTHING:  # right behind another one
            self._arrival.enter(Phase.HEAD, self.loop.time())
        super().on_message_begin()

    def on_response_complete(self) -> None:
        if self._arrival.phase is Phase.HEAD:  # of the next request, which begins to be waited for now
            self._arrival.held_up(self.loop.time())
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest(msg))

    def _should_upgrade(self) -> bool:
        """Asked of requests that want to: nothing of them is begun before they are read again."""
        return True

    def _reparse_without_upgrade(self, rest: bytes) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == _CONNECT:
            self._refuse(BadRequest("this is no proxy"))
            return
        self._upgrade_header = b", ".join(value for name, value in self.headers if name == b"upgrade")
        head = [method + b" " + self.url + b" HTTP/" + version]
        head += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"\r\n".join(head) + b"\r\n\r\n" + rest)

    def _watch(self) -> None:
        """One timer looks at the request, as long as there is something of it to wait for."""
        if self._timer is None and self._arrival.phase is not Phase.NOTHING:
            self._timer = self.loop.call_at(self._arrival.deadline(), self._look)

    def _look(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        now = self.loop.time()
        if self._is_our_turn():
            self._arrival.held_up(now)
        if self._arrival.phase is Phase.NOTHING or now < self._arrival.deadline():
            self._watch()
        elif self._arrival.phase is Phase.HEAD and not self._arrival.framing:
            self.transport.close()
        else:
            self._refuse(RequestTooSlow(f"the {self._arrival.phase.name.lower()} of the request came too slowly"))

    def _is_our_turn(self) -> bool:
        """Whether we keep the client waiting: for an answer before its next request, or by not reading its body."""
        if self._arrival.phase is Phase.HEAD:
            return self.cycle is not None and not self.cycle.response_complete
        return self.flow.read_paused or (self.cycle.waiting_for_100_continue and not self.cycle.response_complete)

    def _refuse(self, error: LockstepError) -> None:
        """Says why, unless an answer has begun on this connection already, and reads no more of it."""
        self._refusal = error
        answering = self.cycle is not None and not self.cycle.response_complete
        if self.pipeline or (answering and (self.cycle.response_started or self._arrival.phase is not Phase.BODY)):
            self.transport.abort()
            return
        if self._arrival.phase is Phase.BODY and not answering:
            self.transport.close()  # the request was answered before its body had come
            return
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.flow.resume_reading()
        self.transport.write(_answer_of(error, self.server_state.default_headers))
        # Closed at once, with bytes that were not read, the client might never see the answer.
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)


class AnsweringHttp(Http):
    """Answers also a client that says nothing more, and still reads: one that has shut down its side of the connection.

    Whoever goes away altogether looks the same until something is written to them. So this is for servers whose answers
    are quick; one that works for whoever waits, and stops when they leave, takes the end of what it reads for that.
    """

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio asks whether the connection stays open
        whole = self._arrival.phase is Phase.NOTHING and self._refusal is None
        if not whole or self.cycle is None or self.cycle.response_started:
            return False
        self.cycle.keep_alive = False
        return True


def _too_large() -> HeadTooLarge:
    reason = f"the head of the request has more than {MAX_HEAD_BYTES} bytes"
    return HeadTooLarge(reason, remedy="send a shorter URL, or fewer or shorter headers")


def _answer_of(error: LockstepError, default_headers: list[tuple[bytes, bytes]]) -> bytes:
    document: dict[str, Any] = problem_body(error)
    body = json.dumps(document).encode()
    fields = [
        *default_headers,
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    return STATUS_LINE[status_of(error)] + head + b"\r\n" + body
