"""What is wrong with the shape of a definition, each with the place where its author can find it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.steps.base import CONDITION, ITEMS
from foundation.domain.errors import Fault
from foundation.domain.states import StepKind
from foundation.http.problems import faults_from, worded

_KINDS = ", ".join(StepKind)
_IN_A_STEP = 3
_EXPRESSIONS: Mapping[int | str, str] = {"when": CONDITION, "foreach": ITEMS}


def definition_shape_faults(document: Any, error: ValidationError) -> tuple[Fault, ...]:
    """Pydantic's errors at places of the document, in words that name what is there to choose from."""
    return worded(error.errors(include_url=False), lambda one: _fault(document, one))


def _fault(document: Any, error: ErrorDetails) -> Fault:
    place = _place(document, error["loc"])
    if error["type"] == "union_tag_not_found":
        return Fault(pointer_of(place), f"a step needs a `kind`: {_KINDS}")
    if error["type"] == "union_tag_invalid":
        return Fault(pointer_of([*place, "kind"]), f"there is no such kind of step; there are {_KINDS}")
    if error["type"] == "string_type" and place and place[-1] in _EXPRESSIONS:
        return Fault(pointer_of(place), f"{_EXPRESSIONS[place[-1]]}, written as a text")
    [fault] = faults_from([error])
    return Fault(pointer_of(place), fault.detail)


def _place(document: Any, location: tuple[int | str, ...]) -> list[int | str]:
    """The location without what Pydantic adds of its own: which kind of step, which member of a union it tried."""
    if location[:1] == ("steps",) and len(location) >= _IN_A_STEP:
        location = (*location[:2], *location[_IN_A_STEP:])
    place: list[int | str] = []
    value = document
    for at, part in enumerate(location):
        if isinstance(value, dict):
            if part not in value and at < len(location) - 1:
                continue  # which member of a union it tried
            place.append(part)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            place.append(part)
            value = value[part] if part < len(value) else None
    return place
