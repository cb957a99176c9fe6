"""Pure ASGI middleware: a request whose path, query, headers or JSON body could not be kept as it was sent is refused.

It stands before each app's routes, so that no route reads what PostgreSQL cannot hold or what Python would alter on
the way: U+0000, lone surrogates, bytes that are no UTF-8, NaN, integers beyond 64 bits, decimals that no double
holds, keys that stand twice.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foundation.contracts.accepted.accepted_json import (
    DOCUMENT,
    JsonLimits,
    NotAccepted,
    accept_text,
    parse_json,
    pointer_of,
)
from foundation.domain.errors import BadRequest, Fault, NotFound, UnsupportedMediaType
from foundation.domain.words.quoting import quoted
from foundation.http.problems import problem_response
from foundation.http.request_limits import BodyLimit

_TOO_LARGE_REMEDY = "upload large inputs with POST /api/v1/artifacts and refer to them"
_ONCE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"last-event-id",
        b"webhook-id",
        b"webhook-timestamp",
    }
)
"""Headers of which two would mean two things, one to us and another to who stands before us."""
_ENCODED_SLASH = re.compile(rb"%(2f|5c)", re.IGNORECASE)
"""RFC 3986, section 2.2: such a path is another one than with the slash; decoded, it would be read as that one."""
_NOWHERE = re.compile(rb"(?!)")
_REMEDY = "correct the value at the pointer, then send the request again"


class AcceptedRequests:
    """Reads the body, at most `limit` bytes of it, and hands the app what was accepted.

    JSON may be nested `max_depth` levels deep, which is what a stored value may be unless an envelope stands around it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int,
        max_depth: int = DOCUMENT.max_depth,
        signed_below: str | None = None,
        with_slashes: re.Pattern[bytes] = _NOWHERE,
    ) -> None:
        """What is sent to paths below `signed_below` is handed on as it is, for a route that checks it.

        A path that begins `with_slashes` ends with a name that may have some, which are sent encoded or as they are.
        """
        self._app = app
        self._signed_below = signed_below
        self._with_slashes = with_slashes
        self._limit = BodyLimit(limit, _TOO_LARGE_REMEDY)
        self._json = JsonLimits(max_bytes=limit, max_depth=max_depth)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            _check_host(scope, headers)
            _check_handshake(scope, headers)
            _check_path(scope, self._with_slashes)
            _check_query(scope["query_string"])
            _check_headers(scope["headers"])
            body = await self._read(receive, headers)
            if body is None:
                return
            if self._signed_below is None or not scope["path"].startswith(self._signed_below):
                self._check_body(body, headers)
        except (BadRequest, NotFound) as error:
            await problem_response(error, instance=_path_as_sent(scope))(scope, receive, send)
            return
        await self._app(scope, _replayed(body, receive), send)

    async def _read(self, receive: Receive, headers: Mapping[bytes, bytes]) -> bytes | None:
        """The whole body; None when the caller left before its end."""
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:20]) > self._limit.most:
            raise self._limit.exceeded()
        return await self._limit.read(receive)

    def _check_body(self, body: bytes, headers: Mapping[bytes, bytes]) -> None:
        if body:
            check_coding(headers.get(b"content-encoding", b"").decode("latin-1"))
        if not is_json(headers.get(b"content-type", b"").decode("latin-1")) or not body.strip():
            return
        try:
            parse_json(body, limits=self._json)
        except NotAccepted as error:
            raise _refused(error, f"/body{error.pointer}") from error


def check_coding(header: str) -> None:
    """`UnsupportedMediaType` for a body in a content encoding, none of which is read."""
    coding = header.strip().lower()
    if coding not in {"", "identity"}:
        reason = f"a body in the content encoding {quoted(coding[:40])} is not read here"
        raise UnsupportedMediaType(reason, remedy="send the body as it is, without Content-Encoding")


def is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _check_handshake(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """Refuses a WebSocket: a client that asks for one could not use an ordinary answer."""
    if scope["method"] == "GET" and headers.get(b"upgrade", b"").lower() == b"websocket":
        raise NotFound("there is no WebSocket here", remedy="ask over HTTP, without an Upgrade header")


def _check_host(scope: Scope, headers: Mapping[bytes, bytes]) -> None:
    """RFC 9112, section 3.2: a request of HTTP/1.1 without it is answered with 400."""
    if scope.get("http_version") == "1.1" and b"host" not in headers:
        raise _refused(NotAccepted("a request of HTTP/1.1 has this header"), "/header/host")


def _check_path(scope: Scope, with_slashes: re.Pattern[bytes]) -> None:
    path: bytes = scope.get("raw_path", b"")
    if (found := _ENCODED_SLASH.search(path)) and not with_slashes.match(path):
        reason = f"{found.group().decode()} stands for no end of a part here; write / between parts, and none in one"
        raise _refused(NotAccepted(reason), "/path")
    for segment in path.split(b"/"):
        _check_text(unquote_to_bytes(segment), "/path")


def _check_query(query: bytes) -> None:
    for part in query.split(b"&"):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        shown = _check_text(unquote_to_bytes(name), "/query")
        _check_text(unquote_to_bytes(value), f"/query{pointer_of([shown])}")


def _check_headers(headers: list[tuple[bytes, bytes]]) -> None:
    seen: set[bytes] = set()
    for name, value in headers:
        lowered = name.lower()
        if lowered in _ONCE and lowered in seen:
            raise _refused(NotAccepted("the header stands twice; send it once"), f"/header/{lowered.decode()}")
        seen.add(lowered)
        if b"\0" in value:
            _check_text(value, f"/header{pointer_of([name.decode('latin-1')])}")


def _check_text(value: bytes, pointer: str) -> str:
    try:
        return accept_text(value.decode("utf-8"), pointer=pointer)
    except UnicodeDecodeError as error:
        raise _refused(NotAccepted("the text is not UTF-8"), pointer) from error
    except NotAccepted as error:
        raise _refused(error, pointer) from error


def _refused(error: NotAccepted, pointer: str) -> BadRequest:
    return BadRequest(f"{pointer}: {error.reason}", faults=(Fault(pointer, error.reason),), remedy=_REMEDY)


def _path_as_sent(scope: Scope) -> str:
    """The path as it was sent: decoded it may hold what no answer can."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    return raw.decode("latin-1")


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replay
