"""Who calls, of a call that was refused before any route asked: its body could not be read, or nothing serves it."""

from starlette.requests import Request
from starlette.types import Scope

from control_plane.identity.callers import ApiCaller, Callers, Operator, Person
from control_plane.requests.break_glass import named_access, require_reading
from control_plane.requests.calls.known_callers import by_access, count, tell_audit
from control_plane.requests.rates.edge import credential_of
from foundation.domain.errors import BadRequest, Forbidden, LockstepError, Unauthenticated
from foundation.domain.ids import BreakGlassId
from foundation.http.methods import served_at
from foundation.storage.audit.calls import AuditedCall


async def identify(scope: Scope, call: AuditedCall) -> Forbidden | None:
    """Fills in who calls what, where the credential proves it; the refusal that comes before any of what was sent.

    What nobody proves stays untold, as does a flood: its caller is counted as if a route had asked.
    """
    request, credential = Request(scope), credential_of(scope)
    if credential is None:
        return None
    access_id = _access(request)
    try:
        if access_id is not None:
            reader = await by_access(request, credential, access_id)
            tell_audit(request, reader, None)
            require_reading(request, reader)
        else:
            caller = await _caller(request, credential)
            await count(request, caller)
            tell_audit(request, caller, None)
    except Forbidden as refused:
        return refused if access_id is not None else None
    except LockstepError:
        return None
    finally:
        _name(request, call)
    return None


async def _caller(request: Request, credential: str) -> ApiCaller | Operator | Person:
    callers: Callers = request.app.state.resources.callers
    try:
        return await callers.operator_or_member(credential)
    except Unauthenticated:
        # Somebody whose token names no tenant may still be somebody.
        return await callers.person(credential)


def _access(request: Request) -> BreakGlassId | None:
    try:
        return named_access(request)
    except BadRequest:
        return None


def _name(request: Request, call: AuditedCall) -> None:
    """Of which operation it is, and what of its path the platform's audit must not keep."""
    if call.actor is None or call.operation is not None:
        return
    path = request.scope["path"]
    call.operation, values = served_at(request.app, request.method, path)
    call.values = {part: part for part in path.split("/")} if call.operation is None else values
