"""The header by which an operator reads what is a tenant's, and what may be asked with it."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request

from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import BadRequest, Fault, Forbidden
from foundation.domain.ids import BreakGlassId
from foundation.domain.permissions import BREAK_GLASS, Permission

BREAK_GLASS_HEADER = "break-glass-access"
_POINTER = f"/header/{BREAK_GLASS_HEADER}"


_Documented = Annotated[
    UUID | None,
    Header(
        alias="Break-Glass-Access", description="of an operator: the id of the access by which the tenant's is read"
    ),
]
"""Said in the document alone: `named_access` reads the header, before it is known what the route needs."""


def documented(call: Callable[..., Any], permission: Permission) -> inspect.Signature:
    """The signature of what stands before a route, with the header where an access opens what the route needs."""
    signature = inspect.signature(call)
    own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    if permission in BREAK_GLASS:
        kind = inspect.Parameter.KEYWORD_ONLY
        own.append(inspect.Parameter("break_glass_access", kind, annotation=_Documented, default=None))
    return signature.replace(parameters=own)


def named_access(request: Request) -> BreakGlassId | None:
    """The access that the request names; `BadRequest` for what is no id of one."""
    sent = request.headers.getlist(BREAK_GLASS_HEADER)
    if not sent:
        return None
    try:
        [text] = sent
        return BreakGlassId(UUID(text))
    except ValueError as error:
        detail = "this is not the id of one access"
        raise BadRequest(detail, faults=(Fault(_POINTER, detail),), remedy="send the `id` that opened it") from error


def refuse_access(request: Request) -> None:
    """Where nothing of a tenant is read, the header would mean nothing."""
    if BREAK_GLASS_HEADER in request.headers:
        detail = "an access opens what is a tenant's, and this is not"
        raise BadRequest(detail, faults=(Fault(_POINTER, detail),), remedy="leave the header out")


def require_reading(request: Request, caller: ApiCaller) -> None:
    """Whatever a route would permit: by an access nothing is changed."""
    if caller.access is not None and request.method != "GET":
        remedy = "have a member of the tenant do it"
        raise Forbidden("an access by break-glass reads, and changes nothing", remedy=remedy)


def require_pages(caller: ApiCaller) -> None:
    """Each read by an access is a row of the tenant's audit, which a stream would not be."""
    if caller.access is not None:
        remedy = "read the events in pages: send no `Accept: text/event-stream`"
        raise Forbidden("an access by break-glass reads no streams", remedy=remedy)
