"""A call as a request, and when a request that failed is sent again."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from lockstep_client.generated.client import Call
from lockstep_client.problems import TooManyRequests, Unavailable, Unreachable

T = TypeVar("T")

AGENT = "lockstep-client/0.1.0"
LONGEST_PAUSE = 8.0
"""Seconds between two attempts where the server does not say how long to wait."""
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_KEY = "idempotency-key"


_PREFIX = "/api/v1"
_TOKEN = re.compile(r"[!-~]+")
"""What a header can have behind `Bearer `: visible characters of ASCII."""


def url_of_api(given: str) -> str:
    """The address of an API, below which are all its paths; `ValueError` as of `url_of_server`."""
    url = url_of_server(given)
    if httpx.URL(url).path.rstrip("/").endswith(_PREFIX):
        raise ValueError(f"{given!r} ends with {_PREFIX}, which each call has itself: write it without that")
    return url


def url_of_server(given: str) -> str:
    """The address of a server as it was given; `ValueError` where it is none, which no second try would mend."""
    if "@" in given:
        # Not repeated: what stands there is a password, most often.
        raise ValueError(
            "the address has an @, as in https://name:password@host: write it without name and password, "
            "and give a token"
        )
    try:
        parts = httpx.URL(given)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.host)
    except httpx.InvalidURL:
        is_whole = False
    if not is_whole:
        raise ValueError(
            f"{given!r} is no address of a server: write it with its scheme, as in https://api.example.com"
        )
    return given


def headers_of(token: str | None) -> dict[str, str]:
    """What every request has. `ValueError`, which does not repeat the token, where no header can have it."""
    own = {"user-agent": AGENT, "accept": "application/json"}
    if token is None:
        return own
    if not token:
        raise ValueError("the token is empty; leave it out, as None, to call without one")
    if not _TOKEN.fullmatch(token):
        raise ValueError(
            "the token has a blank, an end of a line or another character that no header can have; "
            "if it was read from a file, strip() it"
        )
    return {**own, "authorization": f"Bearer {token}"}


def request_of(call: Call[T]) -> dict[str, Any]:
    """The arguments of httpx's `request`. A call that takes an idempotency key gets one where the caller gave none."""
    headers: dict[str, str] = dict(call.headers)
    if call.keyed:
        headers.setdefault(_KEY, uuid4().hex)
    request: dict[str, Any] = {"method": call.method, "url": call.url, "params": dict(call.params), "headers": headers}
    if call.json is not None:
        request["json"] = call.json
    return request


def unsendable(method: str, url: str) -> ValueError:
    """Of a request that no second try would send either. What it has is not repeated, as it may be a token."""
    return ValueError(f"{method} {url} cannot be sent: one of its headers has a character that no header can have")


def content_of(response: httpx.Response) -> bytes:
    """How an answer is read whose format is none that this client knows."""
    return response.content


def may_repeat(method: str, headers: Mapping[str, str]) -> bool:
    """Whether sending it twice does no more than sending it once."""
    return method in _REPEATABLE or _KEY in headers


def again_after(*, repeatable: bool, longest: float) -> Callable[[Exception], bool | float]:
    """Whether an exception is tried again, as stamina asks: seconds to wait, true for its own pause, or false.

    429 is, because nothing was done. 503 and a connection that broke are where sending twice does no harm. Where the
    server asks for more patience than `longest` seconds, the exception goes to the caller at once.
    """

    def decide(error: Exception) -> bool | float:
        match error:
            case TooManyRequests():
                again = True
            case Unavailable():
                again = repeatable
            case Unreachable():
                again = repeatable or not error.was_sent
            case _:
                return False
        asked = error.retry_after if isinstance(error, TooManyRequests | Unavailable) else None
        if asked is None or not again:
            return again
        return False if asked > longest else asked

    return decide


def patience(seconds: float) -> dict[str, Any]:
    """The arguments of stamina's `retry_context` beside `on`."""
    if seconds <= 0:
        return {"attempts": 1}
    return {"attempts": None, "timeout": seconds, "wait_initial": 0.2, "wait_max": LONGEST_PAUSE}
