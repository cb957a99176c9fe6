"""The request as it stands, and where a redirect leads it."""

import json
import re
import urllib.parse
from typing import Any

from tool_runtime.tools.programs.endings import ActionFailed

MAX_URL = 8192
KEPT_ELSEWHERE = frozenset({"accept", "accept-language", "content-type", "user-agent"})
"""The headers that a redirect to another origin may see; any other may be a secret of the first."""
_AUTHORITY = re.compile(r"[!-~]*")
_AS_WRITTEN = "!#$%&'()*+,/:;=?@[]~-._"
"""What stands in the path and the query of an address as it is, next to letters and digits."""


class RequestFailed(ActionFailed):
    """There is no answer. `sent` tells whether the request may have reached its server.

    `is_no_address` is true where the proxy cannot make anything of what it was asked for.
    """

    def __init__(
        self, code: str, detail: str, *, sent: bool = True, passing: bool = True, is_no_address: bool = False
    ) -> None:
        super().__init__(code, detail)
        self.sent = sent
        self.passing = passing
        self.is_no_address = is_no_address

    def behind_redirect(self, url: str) -> "RequestFailed":
        """The same where a server has led to the address that failed, which nobody else has written."""
        code = "redirect_refused" if self.is_no_address else self.code
        detail = f"the server redirects to {url[:200]}: {self.detail}"
        return RequestFailed(code, detail, sent=self.sent, passing=self.passing)


class Request:
    """The request; a redirect changes it."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.method: str = told["method"]
        self.url: str = _with_query(told["url"], told["query"])
        self.headers = {"User-Agent": "Lockstep", "Accept": "*/*", "Accept-Encoding": "identity"}
        self.body: bytes | None = None
        self.without_secrets = False
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
        url = _led_to(self.url, location)
        here, there = urllib.parse.urlsplit(self.url), urllib.parse.urlsplit(url)
        if there.scheme not in {"http", "https"} or (here.scheme == "https" and there.scheme == "http"):
            why = (
                "from https to http, which anybody on the way could read"
                if there.scheme == "http"
                else "to no web page"
            )
            raise _refused(why, url)
        if not there.hostname:
            raise _refused("to an address without a host", url)
        if (here.scheme, here.netloc.lower()) != (there.scheme, there.netloc.lower()):
            self.headers = {name: value for name, value in self.headers.items() if name.lower() in KEPT_ELSEWHERE}
            self.without_secrets = True
        if status == 303 or (status in {301, 302} and self.method == "POST"):  # noqa: PLR2004
            self.method, self.body = ("HEAD" if self.method == "HEAD" else "GET"), None
            self.headers = {name: value for name, value in self.headers.items() if name.lower() != "content-type"}
        self.url = url


def _led_to(here: str, location: str) -> str:
    """The address that a server points to, written as browsers write it: in ASCII, without blanks and its fragment.

    Headers come as Latin-1; what is UTF-8 in them is read as such.
    """
    raw = location.encode("latin-1", "replace")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    try:
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(here, text.strip()))
        netloc = _in_ascii(parts)
        url = parts._replace(
            netloc=netloc,
            path=urllib.parse.quote(parts.path, safe=_AS_WRITTEN),
            query=urllib.parse.quote(parts.query, safe=_AS_WRITTEN),
            fragment="",
        ).geturl()
        # Raises for a port that is none.
        _ = urllib.parse.urlsplit(url).port
    except ValueError as error:
        raise _refused("to what is no address", text) from error
    if len(url) > MAX_URL:
        raise _refused(f"to an address of more than {MAX_URL} characters", url)
    return url


def _in_ascii(parts: urllib.parse.SplitResult) -> str:
    """The host with its port, the name as name servers know it. `ValueError` where it is no name."""
    if parts.netloc.isascii():
        if not _AUTHORITY.fullmatch(parts.netloc):
            raise ValueError("a blank or a control character in the host")
        return parts.netloc
    host = (parts.hostname or "").encode("idna").decode()
    return host if parts.port is None else f"{host}:{parts.port}"


def _refused(why: str, url: str) -> RequestFailed:
    return RequestFailed("redirect_refused", f"the server redirects {why}: {url[:200]}", passing=False)


def _with_query(url: str, query: dict[str, Any]) -> str:
    parts = urllib.parse.urlsplit(url)
    more = urllib.parse.urlencode({name: _texts(value) for name, value in query.items()}, doseq=True)
    return parts._replace(query="&".join(filter(None, (parts.query, more))), fragment="").geturl()


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]
