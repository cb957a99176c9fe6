"""Refuses what a header asks where nobody would heed it: whoever sends it relies on it.

An `Idempotency-Key` is relied on when a call is repeated, a condition (`If-Match`, `If-None-Match`) where somebody else
may have changed the same thing.
"""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from foundation.domain.errors import BadRequest, Fault

_KEY = "idempotency-key"
_CONDITIONS = ("if-match", "if-none-match")
_OF_READING = "if-none-match"
_NOT_REPEATABLE = frozenset({"POST", "PATCH"})
"""The others do no more the second time, with a key or without one."""


_READING = frozenset({"GET", "HEAD"})
"""These answer 304 to whoever has what they would send, wherever an answer has an ETag."""


async def heeded_headers(request: Request) -> None:
    asked = [name for name in (_KEY, *_CONDITIONS) if name in request.headers and _asks(request.method, name)]
    route = request.scope.get("route")
    if not asked or not isinstance(route, APIRoute):
        return
    heeded = set(_headers_of(route.dependant))
    for name in asked:
        if name not in heeded:
            raise _key_unheeded() if name == _KEY else _condition_unheeded(name)


def _asks(method: str, name: str) -> bool:
    """Whether the header asks something of this method that its route has to know of."""
    if name == _KEY:
        return method in _NOT_REPEATABLE
    return not (name == _OF_READING and method in _READING)


def _key_unheeded() -> BadRequest:
    detail = "this call takes no Idempotency-Key: repeated, it makes no second thing"
    remedy = "leave the header out; whether the call was carried out, what it is about shows"
    return BadRequest(detail, faults=(Fault(f"/header/{_KEY}", detail),), remedy=remedy)


def _condition_unheeded(name: str) -> BadRequest:
    header = name.title()
    detail = f"this call takes no {header}: it would be carried out whatever there is now"
    remedy = "leave the header out; the API's document has it at each call that heeds it"
    return BadRequest(detail, faults=(Fault(f"/header/{name}", detail),), remedy=remedy)


def _headers_of(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias.lower() for one in dependant.header_params)
    for below in dependant.dependencies:
        yield from _headers_of(below)
