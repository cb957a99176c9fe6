"""What of the API is deprecated, and how whoever still uses it is told: RFC 9745 and RFC 8594."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.requests.answers.documentation import PAGE

_USED = "lockstep.deprecated"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A parameter that another one has taken the place of; it works until the day of its sunset at least."""

    operation: str
    parameter: str
    instead: str
    since: date
    sunset: date


DEPRECATIONS = tuple(
    Deprecation(operation, old, new, since=date(2026, 12, 1), sunset=date(2027, 12, 1))
    for operation in ("list_audit", "export_audit")
    for old, new in (("since", "from"), ("until", "to"))
)
_BY_PLACE = {(one.operation, one.parameter): one for one in DEPRECATIONS}


_POLICY = """## What is deprecated

The API only grows: what would break a caller stands beside the old, which is deprecated and works for a year at least,
until the day of its sunset. After that it may be refused, with a problem that names what has taken its place. The
answer to each request that uses it has `Deprecation` (since when), `Sunset` (until when it works at least) and a `Link`
to this page.
"""


def policy() -> str:
    """How what is deprecated is told, and all that is, as the page has it to which `Link` leads."""
    return "\n".join((_POLICY, *map(_told, DEPRECATIONS)))


def _told(one: Deprecation) -> str:
    days = f"deprecated since {one.since.isoformat()}, works until {one.sunset.isoformat()} at least"
    return f"- `{one.parameter}` of `{one.operation}`: use `{one.instead}`; {days}"


def note_use(scope: Scope, operation: str | None, parameter: str) -> None:
    """Notes that a request uses a parameter, which its answer tells if it is deprecated."""
    if operation is not None and (found := _BY_PLACE.get((operation, parameter))) is not None:
        scope.get(_USED, []).append(found)


class DeprecationHeaders:
    """Has each answer to a request that used something deprecated say since when, until when, and where to read on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        used: list[Deprecation] = []
        scope[_USED] = used

        async def telling(message: Message) -> None:
            if used and message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["Deprecation"] = f"@{int(_midnight(min(one.since for one in used)).timestamp())}"
                headers["Sunset"] = format_datetime(_midnight(min(one.sunset for one in used)), usegmt=True)
                headers.append("Link", f'<{PAGE}>; rel="deprecation"; type="text/html"')
            await send(message)

        await self._app(scope, receive, telling)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
