"""The door that no call of the API passes unseen: what is not told where it is done is told here.

What is done writes its audit row in its own transaction (`foundation/storage/people/audit.py`). Before an answer
leaves, this door adds the row of each call that would have changed something and was refused, or changed nothing, and
of each read by administrators and operators. A read that cannot be written down is not answered.
"""

import ipaddress
import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_plane.requests.calls.unread_calls import identify
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import new_uuid
from foundation.domain.permissions import OPERATE, Permission
from foundation.http.problems import problem_response
from foundation.storage.audit.books import Whose
from foundation.storage.audit.calls import AuditedCall, under_way
from foundation.storage.people import audit
from foundation.storage.people.audit import CallRow
from foundation.storage.people.call_rows import CallRows
from foundation.telemetry.logs import logger

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ADMINISTRATIVE = frozenset({OPERATE, Permission.AUDIT_READ.value, Permission.OPERATIONS_READ.value})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_USER_AGENT_LENGTH = 256
_TARGET_LENGTH = 2048
_DENIED, _REFUSED, _FAILED = 403, 400, 500
_NOT_WHOLE = 408
_UNSERVED = "nothing"
"""Of a path and method that nothing serves."""
_UNTOLD = frozenset({401, 429})
"""Of nobody, and of too many."""

_log = logger(__name__)


class AuditedCalls:
    """Tells the audit of calls, and the caller the id by which the audit knows theirs (`X-Request-Id`)."""

    def __init__(self, app: ASGIApp, *, trusted_hops: int) -> None:
        self._app = app
        self._trusted_hops = trusted_hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _call_of(scope, self._trusted_hops)
        replaced = begun = False

        async def replace(error: LockstepError) -> None:
            nonlocal replaced
            replaced = True
            answer = problem_response(error, instance=scope["path"])
            answer.headers["x-request-id"] = call.request_id
            await answer(scope, receive, send)

        async def send_told(message: Message) -> None:
            nonlocal begun
            if replaced:
                return
            if message["type"] == "http.response.start":
                begun = True
                named = (b"x-request-id", call.request_id.encode())
                message["headers"] = [*message.get("headers", []), named]
                refusal = await _whose(scope, call, message["status"])
                told = await _told(scope, call, message["status"] if refusal is None else _DENIED)
                if refusal is not None:
                    await replace(refusal)
                    return
                if not told:
                    await replace(DependencyUnavailable("the audit cannot be written, so that nothing is answered"))
                    return
            await send(message)

        with under_way(call):
            await self._app(scope, receive, send_told)
            if not begun:
                # It never came whole: the caller left, or was too slow.
                await _whose(scope, call, _NOT_WHOLE)
                await _told(scope, call, _NOT_WHOLE)


def _call_of(scope: Scope, trusted_hops: int) -> AuditedCall:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    asked = headers.get("x-request-id", "")
    return AuditedCall(
        request_id=asked if _REQUEST_ID.fullmatch(asked) else str(new_uuid()),
        ip=_address(scope, headers, trusted_hops),
        user_agent=_shown(headers.get("user-agent")),
    )


def _address(scope: Scope, headers: Mapping[str, str], trusted_hops: int) -> str | None:
    """Where the call comes from: of `X-Forwarded-For` only what hops of ours have written, which stands at its end."""
    client = scope.get("client")
    direct = client[0] if client else None
    if trusted_hops == 0:
        return direct
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
    if len(hops) < trusted_hops:
        return direct
    try:
        return str(ipaddress.ip_address(hops[-trusted_hops]))
    except ValueError:
        return direct


def _shown(user_agent: str | None) -> str | None:
    return None if user_agent is None else "".join(one for one in user_agent if one.isprintable())[:_USER_AGENT_LENGTH]


async def _whose(scope: Scope, call: AuditedCall, status: int) -> LockstepError | None:
    """Looks who calls where no route has asked, as the body could not be read or nothing is served there.

    The refusal of what no caller may, which stands above what is wrong with it.
    """
    unasked = call.actor is None and scope["method"] in _WRITES and hasattr(scope["app"].state, "resources")
    if not unasked or not _REFUSED <= status < _FAILED or status in _UNTOLD:
        return None
    return await identify(scope, call)


async def _told(scope: Scope, call: AuditedCall, status: int) -> bool:
    """Whether the audit has what it must have before this answer leaves."""
    if call.actor is None or not _belongs(scope, call, status):
        return True
    rows: CallRows = scope["app"].state.resources.call_rows
    try:
        await rows.write(call.tenant_id, _row(scope, call, status), books=_books(call))
    except LockstepError as error:
        extra = {"operation": call.operation, "actor": call.actor, "status": status, "detail": error.detail}
        _log.error("a call could not be written into the audit", exc_info=error, extra=extra)
        # What was refused stays refused; what would be shown is not.
        return status >= _REFUSED
    return True


def _belongs(scope: Scope, call: AuditedCall, status: int) -> bool:
    """Whether the call is told of here."""
    if scope["method"] in _WRITES:
        return status >= _REFUSED or not call.is_recorded
    return call.operates or call.permission in _ADMINISTRATIVE


def _books(call: AuditedCall) -> tuple[Whose, ...]:
    """Whose audits tell of the call: of what operators read of a tenant both the tenant's and the platform's."""
    return (call.tenant_id, None) if call.operates and call.tenant_id is not None else (call.tenant_id,)


def _row(scope: Scope, call: AuditedCall, status: int) -> CallRow:
    query = {"query": Request(scope).url.query[:2000]} if scope["query_string"] else {}
    return audit.call_row(
        actor=str(call.actor),
        action=f"call.{call.operation or _UNSERVED}",
        target=_target(scope["path"]),
        detail={**query, **call.access},
        outcome=_outcome(status),
        status=status,
        values=_values(call),
    )


def _values(call: AuditedCall) -> dict[str, str]:
    """What stands in the path, unless it names what is the platform's own (a breaker, say), which is no tenant's.

    In the place of an id there may be anything: who looks a tenant up writes its name there by mistake.
    """
    if call.permission not in _ADMINISTRATIVE:
        return call.values
    return {name: value for name, value in call.values.items() if name.endswith("_id")}


def _target(path: str) -> str:
    """The path as far as it is kept, with a sign for what PostgreSQL cannot hold: such a path is refused."""
    kept = path.removeprefix("/api/v1")[:_TARGET_LENGTH]
    return kept.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _outcome(status: int) -> str:
    if status >= _FAILED:
        return "failed"
    if status == _DENIED:
        return "denied"
    return "refused" if status >= _REFUSED else audit.DONE
