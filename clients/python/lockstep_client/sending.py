"""A call as a request, and when a request that failed is sent again."""

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


def url_of_server(given: str) -> str:
    """The address of a server as it was given; `ValueError` where it is none, which no second try would mend."""
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
    """What every request has."""
    own = {"user-agent": AGENT, "accept": "application/json"}
    return own if token is None else {**own, "authorization": f"Bearer {token}"}


def request_of(call: Call[T]) -> dict[str, Any]:
    """The arguments of httpx's `request`. A call that takes an idempotency key gets one where the caller gave none."""
    headers: dict[str, str] = dict(call.headers)
    if call.keyed:
        headers.setdefault(_KEY, uuid4().hex)
    request: dict[str, Any] = {"method": call.method, "url": call.url, "params": dict(call.params), "headers": headers}
    if call.json is not None:
        request["json"] = call.json
    return request


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
