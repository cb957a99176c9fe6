"""What is wrong with a request before its body is looked at: its path, its method, how it is sent."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from foundation.domain.errors import BadRequest, DependencyUnavailable, LockstepError, NotFound, UnsupportedMediaType


class UnknownPath(NotFound):
    """The gateway serves nothing at this path."""

    code = "unknown_url"


class MethodNotAllowed(LockstepError):
    """The path is served by other methods."""

    code = "method_not_allowed"

    def __init__(self, method: str, path: str, *, allowed: Sequence[str]) -> None:
        served = ", ".join(allowed)
        super().__init__(f"{path} is not served by {method}; it takes {served}")
        self.headers = (("allow", served),)


class UpgradeRefused(LockstepError):
    """A client that wants a WebSocket goes on with HTTP when it gets this answer."""

    code = "upgrade_required"
    headers: ClassVar = (("upgrade", "HTTP/1.1"), ("connection", "Upgrade"))


class TooManyLargeBodies(DependencyUnavailable):
    """The memory that is meant for large bodies is taken by others."""

    code = "overloaded"


def check_how_it_is_sent(headers: Mapping[str, str]) -> None:
    """`UnsupportedMediaType` unless the body is JSON in UTF-8 that is not compressed."""
    if (encoding := headers.get("content-encoding", "identity").lower()) != "identity":
        raise UnsupportedMediaType(f"the body is encoded as {encoding!r}; send it as it is, without Content-Encoding")
    kind, _, parameters = headers.get("content-type", "application/json").lower().partition(";")
    if (kind := kind.strip()) != "application/json" and not (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        raise UnsupportedMediaType(f"the body is {kind!r}; send JSON with Content-Type: application/json")
    charset = parameters.partition("charset=")[2].strip().strip('"')
    if charset and charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"the body is written in {charset!r}; send JSON in UTF-8")


def declared_length(headers: Mapping[str, str]) -> int:
    """The length that a request declares; 0 where it declares none."""
    declared = headers.get("content-length", "0")
    if not declared.isdigit():
        raise BadRequest("content-length is not a number", remedy="send the body's length in bytes")
    return int(declared)
