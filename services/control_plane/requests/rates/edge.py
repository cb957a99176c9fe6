"""The door at which requests are counted, and which has every answer say what its caller may still do.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10, as lists of structured fields.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.requests.rates.drawn_tokens import RateStanding
from control_plane.requests.rates.limits import Counted, RequestLimits
from foundation.domain.policy.token_buckets import BucketPolicy, RateLimited
from foundation.http.problems import problem_response
from foundation.storage.audit.calls import current_call

COUNTED = "lockstep.counted"
"""Where a request's scope has what it was counted against."""
_UNCOUNTED = frozenset({"/health"})
"""What probes ask for, who must have their answer most of all when there is too much to do."""
_TURNED_AWAY = frozenset({401, 403})
_BEARER = "bearer "


class RateLimitedEdge:
    """Refuses what comes too fast before its body is read; stands inside of what knows the caller's address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _UNCOUNTED or not hasattr(scope["app"].state, "resources"):
            await self._app(scope, receive, send)
            return
        rates: RequestLimits = scope["app"].state.resources.rates
        counted = scope[COUNTED] = Counted(None, ())

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] in _TURNED_AWAY and not counted.admitted:
                    rates.doubt(counted)
                message["headers"] = [*message.get("headers", []), *_headers(rates.standings(counted))]
            await send(message)

        call = current_call()
        try:
            await rates.enter(counted, address=call.ip if call else None, credential=credential_of(scope))
        except RateLimited as refused:
            await problem_response(refused, instance=scope["path"])(scope, receive, send_told)
            return
        await self._app(scope, receive, send_told)


def credential_of(scope: Scope) -> str | None:
    """The bearer credential as it was sent, which proves nothing yet; None where there is none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            text: str = value.decode("latin-1")
            return text[len(_BEARER) :].strip() if text[: len(_BEARER)].lower() == _BEARER else None
    return None


def _headers(standings: Sequence[RateStanding]) -> list[tuple[bytes, bytes]]:
    now = ", ".join(f'"{one.policy.name}";r={one.left};t={max(1, ceil(one.seconds))}' for one in standings)
    policies = ", ".join(_policy(one.policy) for one in standings)
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", now.encode())]


@lru_cache(maxsize=16)
def _policy(policy: BucketPolicy) -> str:
    return f'"{policy.name}";q={policy.burst};w={max(1, ceil(policy.seconds_to_fill))}'
