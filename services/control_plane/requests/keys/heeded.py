"""Refuses an `Idempotency-Key` where nobody would heed it: whoever sends one relies on it when they repeat a call."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from foundation.domain.errors import BadRequest, Fault

_HEADER = "idempotency-key"
_NOT_REPEATABLE = frozenset({"POST", "PATCH"})
"""The others do no more the second time, with a key or without one."""


async def heeded_key(request: Request) -> None:
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or _HEADER not in request.headers or request.method not in _NOT_REPEATABLE:
        return
    if _HEADER not in _headers_of(route.dependant):
        detail = "this call has no Idempotency-Key: sent twice it is carried out twice"
        remedy = "leave the header out, and before you repeat the call look whether it was carried out"
        raise BadRequest(detail, faults=(Fault(f"/header/{_HEADER}", detail),), remedy=remedy)


def _headers_of(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias.lower() for one in dependant.header_params)
    for below in dependant.dependencies:
        yield from _headers_of(below)
