"""The one form in which a request is accepted, read into values that are used for the check and for the connection.

What parsers disagree about is refused, not repaired: bare line feeds, folded headers, repeated lengths, other forms of
a target, hosts that are no names. So nothing is left that the proxy could read in one way and a server in another.
"""

import re
from dataclasses import dataclass

from foundation.contracts.egress.hosts import is_host
from foundation.contracts.egress.records import MAX_TARGET, EgressReason
from tool_runtime.egress.refusals import RefusedError
from tool_runtime.tools.programs.refusal_proof import WITHOUT_SECRETS

MAX_HEAD = 64 * 1024
MAX_HEADERS = 100
HEAD_END = b"\r\n\r\n"
HTTP_PORT, HTTPS_PORT = 80, 443

_LINE = re.compile(r"([A-Z]{3,10}) ([!-~]+) HTTP/1\.([01])")
_NAME, _VALUE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"), re.compile(r"[\t -~\x80-\xff]*")
_ABSOLUTE = re.compile(r"http://([^/?#]*)([/?][^#]*)?")
_ORIGIN = re.compile(r"/[^#]*")
_AUTHORITY = re.compile(r"([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_LENGTH = re.compile(r"[0-9]{1,15}")

_METHODS = frozenset(
    {
        *("CONNECT", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "QUERY", "PROPFIND", "PROPPATCH"),
        *("REPORT", "SEARCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "LOCK", "UNLOCK", "ACL"),
    }
)
"""Without TRACE, whose answer would show a job the secrets that were added to its request."""
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "trailer", "upgrade", "host"})
_FRAMING = _HOP_BY_HOP | {"content-length", "transfer-encoding"}
_ONCE = frozenset({"host", "content-length", "transfer-encoding"})

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request to reach `host`:`port`. `path` is None for a CONNECT; `length` is None for a body in chunks."""

    method: str
    host: str
    port: int
    path: str | None = None
    headers: Headers = ()
    length: int | None = 0
    without_secrets: bool = False
    """Its client has told the proxy that nothing of the tenant's goes along."""

    @property
    def is_tunnel(self) -> bool:
        return self.path is None

    def head(self, added: Headers = (), *, usual_port: int = HTTP_PORT) -> bytes:
        """The request as it is sent on: origin form, our own Host, one request on this connection.

        `added` stand in the place of what the client wrote under the same names.
        """
        authority = self.host if self.port == usual_port else f"{self.host}:{self.port}"
        own = (("Host", authority), ("Connection", "close"))
        ours = {_alike(name) for name, _ in added}
        kept = [(name, value) for name, value in self.headers if _alike(name) not in ours]
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in (*own, *kept, *added))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def malformed(detail: str) -> RefusedError:
    return RefusedError(EgressReason.MALFORMED, f"the request is not one that this proxy takes: {detail}")


def parse_head(head: bytes) -> ProxyRequest:
    """The request of a head with its final empty line. Raises `RefusedError`."""
    method, target, rest = _parts(head)
    try:
        return _request(method, target, rest)
    except RefusedError as refused:
        refused.asked = method, _shown(target)
        raise


def parse_head_inside(head: bytes, tunnel: ProxyRequest) -> ProxyRequest:
    """The request of a head that came within a tunnel, to the host of that tunnel alone. Raises `RefusedError`."""
    method, target, rest = _parts(head)
    if method == "CONNECT" or not _ORIGIN.fullmatch(target):
        raise malformed("within a tunnel the target is /path")
    headers = [_header(text) for text in rest]
    hosts = [value.lower() for name, value in headers if name.lower() == "host"]
    if hosts not in ([tunnel.host], [f"{tunnel.host}:{tunnel.port}"]):
        raise malformed("its host is not that of the tunnel")
    of_tunnel = (method, tunnel.host, tunnel.port, target)
    return ProxyRequest(*of_tunnel, _end_to_end(headers), _length(headers), tunnel.without_secrets)


def _shown(target: str) -> str:
    """What the journal may tell of a target without a host of ours: nothing that could be a path or a credential."""
    found = _SCHEME.match(target)
    scheme, rest = (found[0], target[found.end() :]) if found else ("", target)
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return f"{scheme}{authority}"[:MAX_TARGET]


def _parts(head: bytes) -> tuple[str, str, list[str]]:
    line, *rest = _lines(head)
    found = _LINE.fullmatch(line)
    if found is None:
        raise malformed("the first line is not METHOD TARGET HTTP/1.1")
    if found[1] not in _METHODS:
        raise malformed(f"the method is one of {', '.join(sorted(_METHODS))}")
    return found[1], found[2], rest


def _request(method: str, target: str, rest: list[str]) -> ProxyRequest:
    headers = [_header(text) for text in rest]
    length = _length(headers)
    without = any(name.lower() == WITHOUT_SECRETS for name, _ in headers)
    if method == "CONNECT":
        if length != 0:
            raise malformed("a CONNECT has no body")
        host, port = _authority(target)
        if port is None:
            raise malformed("a CONNECT names a port")
        return ProxyRequest(method, host, port, without_secrets=without)
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise malformed("the target is not http://host/path, and https goes through CONNECT")
    host, port = _authority(absolute[1])
    path = absolute[2] or "/"
    if path[0] != "/":
        path = f"/{path}"
    port = HTTP_PORT if port is None else port
    return ProxyRequest(method, host, port, path, _end_to_end(headers), length, without)


def _lines(head: bytes) -> list[str]:
    lines = head.removesuffix(HEAD_END).split(b"\r\n")
    if len(lines) > MAX_HEADERS + 1:
        raise malformed(f"more than {MAX_HEADERS} headers")
    if any(byte in line for line in lines for byte in (b"\r", b"\n", b"\0")):
        raise malformed("a line does not end with CR LF alone, or holds NUL")
    return [line.decode("latin-1") for line in lines]


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    if ":" not in line or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise malformed("a header is not `name: value` on one line")
    if "_" in name and _alike(name) in _FRAMING:
        raise malformed("a header is named with an underscore like one that says where a request ends")
    return name, value.strip(" \t")


def _alike(name: str) -> str:
    """As servers know a header that hand it on in a variable: `X_Key` and `x-key` are one to them."""
    return name.lower().replace("_", "-")


def _authority(text: str) -> tuple[str, int | None]:
    found = _AUTHORITY.fullmatch(text)
    host = found[1].lower().removesuffix(".") if found else ""
    if found is None or not is_host(host):
        raise malformed("the host is not a full name of letters, digits, hyphens and dots; addresses are not taken")
    port = int(found[2]) if found[2] else None
    if port is not None and not 0 < port < 1 << 16:
        raise malformed("there is no such port")
    return host, port


def _length(headers: list[tuple[str, str]]) -> int | None:
    """The length of the body, None for chunks."""
    names = [name.lower() for name, _ in headers]
    for name in _ONCE:
        if names.count(name) > 1:
            raise malformed(f"{name} stands there twice")
    values = {name.lower(): value for name, value in headers}
    if "expect" in values:
        raise malformed("expect is not taken")
    coding, length = values.get("transfer-encoding"), values.get("content-length")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise malformed("a body has a content-length, or comes with `transfer-encoding: chunked`")
        return None
    if length is not None and not _LENGTH.fullmatch(length):
        raise malformed("content-length is not a number")
    return int(length or 0)


def _end_to_end(headers: list[tuple[str, str]]) -> Headers:
    """Without what is meant for this connection alone, and what a client told the proxy."""
    dropped = set(_HOP_BY_HOP)
    for name, value in headers:
        if name.lower() == "connection":
            named = {one.strip().lower() for one in value.split(",")}
            dropped |= named - {"content-length", "transfer-encoding"}
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in dropped and not name.lower().startswith("proxy-")
    )
