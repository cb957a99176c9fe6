"""Makes the request of `in/request.json` and writes what came of it to `out/result.json`.

Ends with 0 where a server has answered, whatever its status, and with 1 where none has: then the result is an `error`.
"""

import contextlib
import http.client
import json
import random
import ssl
import sys
import time
import urllib.parse
from typing import Any

from tool_runtime.tools.programs.http_result import MAX_BODY, result_of

PROXY = ("127.0.0.1", 3128)
TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0
MARGIN_SECONDS = 1.0
"""Kept of the time to write the result."""
PASSING = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOTHING_WAS_SENT = frozenset({"name_unresolved", "unreachable", "too_many_connections"})
WORDS = {
    "malformed": "the request is not one that the proxy takes",
    "host_not_allowed": "the task's `egress` does not name this host",
    "above_ceiling": "the tenant's egress policy does not allow this host",
    "port_not_allowed": "only the ports 80 and 443 are reached",
    "name_unresolved": "no address was found for the host's name",
    "address_not_allowed": "the host's name leads to an address that is not public",
    "unreachable": "the host could not be connected to",
    "not_tls": "what was sent to an https address is no TLS",
    "server_name_mismatch": "the name in TLS is not the host",
    "too_many_connections": "the job has too many connections open",
    "too_many_requests": "the job has made all the requests that it may make",
    "too_many_bytes": "the job has moved all the bytes that it may move",
    "too_slow": "nothing came for too long",
    "pipelined": "one connection takes one request",
    "job_ended": "the job has ended",
    "tls_failed": "the connection could not be made secure",
    "secret_needs_tls": "a secret is added to requests for this host, which go by https alone",
}
"""Why the proxy refuses, where a refused tunnel has no room for its own words."""
KEPT_ELSEWHERE = frozenset({"accept", "accept-language", "content-type", "user-agent"})
"""The headers that a redirect to another origin may see; any other may be a secret of the first."""


class RequestFailed(Exception):
    """There is no answer. `sent` tells whether the request may have reached its server."""

    def __init__(self, code: str, detail: str, *, sent: bool = True, passing: bool = True) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.sent = sent
        self.passing = passing


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


class Request:
    """The request as it stands; a redirect changes it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.method: str = told["method"]
        self.url: str = _with_query(told["url"], told["query"])
        self.headers = {"User-Agent": "Lockstep", "Accept": "*/*", "Accept-Encoding": "identity"}
        self.body: bytes | None = None
        if "json" in told:
            self._has(json.dumps(told["json"]).encode(), "application/json")
        elif told["form"] is not None:
            self._has(urllib.parse.urlencode(told["form"]).encode(), "application/x-www-form-urlencoded")
        elif told["body"] is not None:
            self._has(told["body"].encode(), "text/plain; charset=utf-8")
        if told["key"]:
            self.headers["Idempotency-Key"] = told["key"]
        for name, value in told["headers"].items():
            self._set(name, value)

    def _has(self, body: bytes, kind: str) -> None:
        self.body = body
        self.headers["Content-Type"] = kind

    def _set(self, name: str, value: str) -> None:
        self.headers = {old: kept for old, kept in self.headers.items() if old.lower() != name.lower()}
        self.headers[name] = value

    def redirected(self, status: int, location: str) -> None:
        """Goes on where the server points; raises `RequestFailed` for a place that is no step sideways or up."""
        here, url = urllib.parse.urlsplit(self.url), urllib.parse.urljoin(self.url, location)
        there = urllib.parse.urlsplit(url)
        if there.scheme not in {"http", "https"} or (here.scheme == "https" and there.scheme == "http"):
            why = (
                "from https to http, which anybody on the way could read"
                if there.scheme == "http"
                else "to no web page"
            )
            raise RequestFailed("redirect_refused", f"the server redirects {why}: {url[:200]}", passing=False)
        if (here.scheme, here.netloc.lower()) != (there.scheme, there.netloc.lower()):
            self.headers = {name: value for name, value in self.headers.items() if name.lower() in KEPT_ELSEWHERE}
        if status == 303 or (status in {301, 302} and self.method == "POST"):  # noqa: PLR2004
            self.method, self.body = ("HEAD" if self.method == "HEAD" else "GET"), None
            self.headers = {name: value for name, value in self.headers.items() if name.lower() != "content-type"}
        self.url = there._replace(fragment="").geturl()


def _with_query(url: str, query: dict[str, Any]) -> str:
    parts = urllib.parse.urlsplit(url)
    more = urllib.parse.urlencode({name: _texts(value) for name, value in query.items()}, doseq=True)
    return parts._replace(query="&".join(filter(None, (parts.query, more))), fragment="").geturl()


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]


def send(request: Request, *, until: float) -> Answer:
    """One connection, one answer."""
    parts = urllib.parse.urlsplit(request.url)
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise RequestFailed("timed_out", "the time of the request is over", passing=False)
    try:
        connection, target = _connection(parts, seconds)
        with contextlib.closing(connection):
            connection.request(request.method, target, request.body, request.headers)
            response = connection.getresponse()
            if reason := response.headers.get("X-Egress-Reason"):
                raise _refused(reason, response.read(4096))
            content, cut = _read(response, until=until)
            return Answer(response, content, cut=cut)
    except ssl.SSLCertVerificationError as error:
        raise RequestFailed(
            "certificate", f"the server's certificate is not trusted: {error.verify_message}", passing=False
        ) from error
    except TimeoutError as error:
        raise RequestFailed("timed_out", "the server did not answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        if (told := str(error)).startswith("Tunnel connection failed: ") and ": " in told[26:]:
            raise _refused(told.rpartition(": ")[2], b"") from error
        raise RequestFailed("connection_failed", f"the connection broke: {told or type(error).__name__}") from error


def _connection(parts: urllib.parse.SplitResult, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    """A connection to the proxy, and the target in the form in which it is asked for there."""
    if parts.scheme == "http":
        return http.client.HTTPConnection(*PROXY, timeout=seconds), parts.geturl()
    connection = http.client.HTTPSConnection(*PROXY, timeout=seconds, context=ssl.create_default_context())
    connection.set_tunnel((parts.hostname or "").rstrip("."), parts.port or 443)
    return connection, parts._replace(scheme="", netloc="").geturl() or "/"


def _refused(reason: str, body: bytes) -> RequestFailed:
    try:
        detail = str(json.loads(body)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = WORDS.get(reason, "the proxy does not let the request through")
    passing = reason in NOTHING_WAS_SENT
    return RequestFailed("egress_denied", f"{reason}: {detail}", sent=False, passing=passing)


def _read(response: http.client.HTTPResponse, *, until: float) -> tuple[bytes, bool]:
    """The body up to `MAX_BODY` bytes, and whether there was more."""
    pieces, size = [], 0
    while piece := response.read1(65536):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BODY:
            return b"".join(pieces)[:MAX_BODY], True
        if time.monotonic() > until:
            raise RequestFailed("timed_out", "the answer did not arrive in time")
    if response.length:
        raise RequestFailed("connection_failed", f"the answer ended {response.length} bytes early")
    return b"".join(pieces), False


class Exchange:
    """One call of the tool: its request, and the time and the tries that it has."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.request = Request(told)
        self.may_repeat: bool = told["may_repeat"]
        self.until = time.monotonic() + told["timeout_seconds"] - MARGIN_SECONDS
        self.redirects_left: int = told["max_redirects"]
        self.redirects = 0
        self.tries = 0

    def answer(self) -> Answer:
        """The last answer, redirects followed."""
        while True:
            answer = self._tried()
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location or not self.redirects_left:
                return answer
            self.request.redirected(answer.status, location)
            self.redirects_left -= 1
            self.redirects += 1

    def _tried(self) -> Answer:
        for attempt in range(1, TRIES + 1):
            self.tries += 1
            wanted = None
            try:
                answer = send(self.request, until=self.until)
            except RequestFailed as failure:
                again = failure.passing and (self.may_repeat or not failure.sent)
                if not again or not self._pause(attempt, wanted):
                    raise
            else:
                wanted = answer.headers.get("retry-after")
                again = answer.status in PASSING and self.may_repeat
                if not again or not self._pause(attempt, wanted):
                    return answer
        raise AssertionError("the last try returns or raises")

    def _pause(self, attempt: int, wanted: str | None) -> bool:
        """Waits before the next try; false when there is none, or no time for it."""
        seconds = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        if wanted is not None and wanted.isdigit():
            seconds = max(seconds, int(wanted))
        if attempt == TRIES or seconds > LONGEST_PAUSE or time.monotonic() + seconds >= self.until:
            return False
        time.sleep(seconds)
        return True


def main() -> int:
    with open("in/request.json", encoding="utf-8") as file:  # noqa: PTH123
        exchange = Exchange(json.load(file))
    code = 0
    try:
        answer = exchange.answer()
        result, body = result_of(answer.status, answer.headers, answer.content, cut=answer.cut)
        result |= {"url": exchange.request.url, "redirects": exchange.redirects}
        if body is not None:
            with open("out/body", "wb") as file:  # noqa: PTH123
                file.write(body)
    except RequestFailed as failure:
        result = {"error": {"code": failure.code, "detail": failure.detail}}
        sys.stderr.write(f"{failure.code}: {failure.detail}\n")
        code = 1
    with open("out/result.json", "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump({**result, "tries": exchange.tries}, file)
    return code
