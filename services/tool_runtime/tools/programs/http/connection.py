"""One connection to the proxy, one request on it, and the answer: a server's, or the proxy's that lets none through."""

import contextlib
import http.client
import json
import re
import ssl
import time
import urllib.parse

from tool_runtime.tools.programs.http.request import Request, RequestFailed
from tool_runtime.tools.programs.http.result import MAX_BODY
from tool_runtime.tools.programs.refusal_proof import WITHOUT_SECRETS, proven_reason, told_refusal

PROXY = ("127.0.0.1", 3128)
_SHOWN = 500
_MOST_OF_A_REFUSAL = 4096
_MOST_INTERIM = 20
_SWITCHING = 101
_INTERIM = frozenset(range(100, 200)) - {_SWITCHING}
_LENGTH = re.compile(r"[0-9]{1,18}")
NOTHING_WAS_SENT = frozenset({"name_unresolved", "unreachable", "too_many_connections"})


class _FinalResponse(http.client.HTTPResponse):
    """The answer itself: what a server says before it (100, 103) is read past; the library knows 100 alone."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status not in _INTERIM:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"the server sent more than {_MOST_INTERIM} interim answers")


class Answer:
    """A server's whole answer, or as much of it as is read."""

    def __init__(self, response: http.client.HTTPResponse, content: bytes, *, cut: bool) -> None:
        self.status = response.status
        self.headers: dict[str, str] = {}
        for name, value in response.getheaders():
            lowered = name.lower()
            self.headers[lowered] = f"{self.headers[lowered]}, {value}" if lowered in self.headers else value
        self.content = content
        self.cut = cut


def send(request: Request, *, until: float) -> Answer:
    """One connection, one answer; raises `RequestFailed`. How long it may take in all is for its caller to bound."""
    parts = urllib.parse.urlsplit(request.url)
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise RequestFailed("timed_out", "the time of the request is over", passing=False)
    try:
        # What the proxy alone hears, and passes on to nobody.
        to_proxy = {WITHOUT_SECRETS: "yes"} if request.without_secrets else {}
        connection, target = _connection(parts, seconds, to_proxy)
        connection.response_class = _FinalResponse
        with contextlib.closing(connection):
            headers = request.headers | (to_proxy if parts.scheme == "http" else {})
            connection.request(request.method, target, request.body, headers)
            response = connection.getresponse()
            if reason := proven_reason(response.headers, parts.hostname):
                raise _refused(reason, parts.hostname, response.read(_MOST_OF_A_REFUSAL))
            _check_framing(response)
            content, cut = _read(response)
            return Answer(response, content, cut=cut)
    except ssl.SSLCertVerificationError as error:
        raise RequestFailed(
            "certificate", f"the server's certificate is not trusted: {error.verify_message}", passing=False
        ) from error
    except TimeoutError as error:
        raise RequestFailed("timed_out", "the server did not answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        if (told := str(error)).startswith("Tunnel connection failed: ") and ": " in told[26:]:
            raise _refused(told.rpartition(": ")[2], parts.hostname, b"") from error
        raise _broken(told or type(error).__name__) from error
    except ValueError as error:
        # What a server has written where the library expects a number or a name.
        raise _broken(f"the answer is no HTTP: {error}") from error


def _broken(why: str) -> RequestFailed:
    return RequestFailed("connection_failed", f"the connection broke: {why[:_SHOWN]}")


def _connection(
    parts: urllib.parse.SplitResult, seconds: float, to_proxy: dict[str, str]
) -> tuple[http.client.HTTPConnection, str]:
    """A connection to the proxy, and the target in the form in which it is asked for there."""
    if parts.scheme == "http":
        return http.client.HTTPConnection(*PROXY, timeout=seconds), parts.geturl()
    connection = http.client.HTTPSConnection(*PROXY, timeout=seconds, context=ssl.create_default_context())
    connection.set_tunnel((parts.hostname or "").rstrip("."), parts.port or 443, to_proxy)
    return connection, parts._replace(scheme="", netloc="").geturl() or "/"


def _refused(reason: str, host: str | None, body: bytes) -> RequestFailed:
    try:
        told = f"{reason}: {json.loads(body)['detail']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        told = told_refusal(reason, host)
    passing = reason in NOTHING_WAS_SENT
    return RequestFailed("egress_denied", told, sent=False, passing=passing, is_no_address=reason == "malformed")


def _check_framing(response: http.client.HTTPResponse) -> None:
    """Refuses an answer of which nobody can say where it ends (RFC 9112 6.3), of which the library takes a part."""
    if response.status == _SWITCHING:
        raise _broken("the server goes on in another protocol, which was not asked for")
    given = response.headers.get_all("content-length") or []
    lengths = {one.strip() for line in given for one in line.split(",")}
    if not response.chunked and (len(lengths) > 1 or not all(_LENGTH.fullmatch(one) for one in lengths)):
        raise _broken(f"the answer says its length as {', '.join(given)}")


def _read(response: http.client.HTTPResponse) -> tuple[bytes, bool]:
    """The body up to `MAX_BODY` bytes, and whether there was more."""
    pieces, size = [], 0
    while piece := response.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY:
            return b"".join(pieces)[:MAX_BODY], True
    if response.length:
        raise RequestFailed("connection_failed", f"the answer ended {response.length} bytes early")
    return b"".join(pieces), False
