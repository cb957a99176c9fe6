"""Checks a request's query parameters: only names that the route knows, none twice; numbers and booleans plain."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BeforeValidator

from control_plane.requests.answers.deprecations import note_use
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.sentences import first_of
from foundation.domain.errors import BadRequest, Fault

_BOOLEANS = frozenset({"true", "false"})
_DIGITS = re.compile(r"[+-]?[0-9]+")


def _plain(value: object) -> object:
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        # Python would also read 1_0, blanks around a number, and 1.0.
        raise ValueError("write a whole number in digits")
    return value


IN_DIGITS = BeforeValidator(_plain)
"""Put it last in `Annotated[int, Field(...), IN_DIGITS]`; in another place the OpenAPI document loses the bounds."""


async def known_query(request: Request) -> None:
    """Refuses a parameter that would be ignored, and one of which only the last would be taken."""
    route = request.scope.get("route")
    if not request.scope["query_string"] or not isinstance(route, APIRoute):
        return
    known = {one.alias: one for one in _query_of(route.dependant)}
    faults = []
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            faults.append(
                Fault(f"/query{pointer_of([name])}", f"there is no such parameter; known are {_listed(known)}")
            )
            continue
        note_use(request.scope, route.operation_id, name)
        if count > 1 and not _takes_many(known[name].field_info.annotation):
            faults.append(Fault(f"/query{pointer_of([name])}", "it stands more than once; send it once"))
        elif _is_boolean(known[name].field_info.annotation) and request.query_params[name] not in _BOOLEANS:
            # The framework would also read yes, on, 1 and t.
            faults.append(Fault(f"/query{pointer_of([name])}", "write true or false"))
    if faults:
        raise BadRequest(first_of(faults, most=5), faults=tuple(faults))


def _query_of(dependant: Dependant) -> Iterator[Any]:
    """The framework's fields, each with its alias and its annotation."""
    yield from dependant.query_params
    for below in dependant.dependencies:
        yield from _query_of(below)


def _is_boolean(annotation: object) -> bool:
    return annotation is bool or bool in get_args(annotation)


def _listed(names: object) -> str:
    return ", ".join(sorted(names)) or "none"  # type: ignore[call-overload]


def _takes_many(annotation: object) -> bool:
    return str(annotation).startswith("list[")
