"""Reads a definition, with all of its faults at once; one that has faults is read as far as it can be."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from control_plane.definitions.tasks.shape_faults import definition_shape_faults
from foundation.contracts.accepted.distinct import repeated
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.accepted.shown_text import hidden_in_name
from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.contracts.steps.base import STEP_NAME_PATTERN
from foundation.domain.errors import Fault, InvalidDefinition
from foundation.domain.states import StepKind

_NAME = re.compile(STEP_NAME_PATTERN)
_UNNAMED = "unnamed"
_IN_A_STEP = re.compile(r"/steps/(\d+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class ReadDefinition:
    """What could be read, None where nothing could, and the faults that the document shows by itself.

    In the place of the steps in `unread` stand others, which do nothing and keep the name and the needs where these
    can be read, so that the rest can be judged.
    """

    definition: TaskDefinition | None
    faults: tuple[Fault, ...]
    unread: frozenset[int] = frozenset()
    warnings: tuple[Fault, ...] = ()
    """What can be run and hardly be meant, as far as others than the definition itself have to be asked."""

    def with_warnings(self, warnings: Iterable[Fault]) -> "ReadDefinition":
        return replace(self, warnings=(*self.warnings, *filter(self._is_read, warnings)))

    def with_more(self, faults: Iterable[Fault]) -> "ReadDefinition":
        """With further faults, but for those of what stands in the place of a step that could not be read."""
        return replace(self, faults=(*self.faults, *filter(self._is_read, faults)))

    def require(self) -> TaskDefinition:
        """The definition; `InvalidDefinition` with every fault where it has any."""
        if self.faults or self.definition is None:
            first = first_of(self.faults, most=3)
            raise InvalidDefinition(f"the definition cannot run: {first}", faults=self.faults)
        return self.definition

    def _is_read(self, fault: Fault) -> bool:
        place = _IN_A_STEP.match(fault.pointer)
        return place is None or int(place[1]) not in self.unread


def read_whole(document: Any) -> ReadDefinition:
    """The definition with the faults of its shape, its graph and its steps; a tenant's rows say more."""
    if not isinstance(document, dict):
        raise InvalidDefinition("a task definition is an object", faults=(Fault("", "not an object"),))
    try:
        read = ReadDefinition(_validated(document), ())
    except ValidationError as error:
        read = _as_far_as_can_be(document, error)
    if read.definition is None:
        return read
    name = read.definition.name
    named = [Fault("/name", why)] if (why := hidden_in_name(name)) else []
    egress = read.definition.egress
    named += [Fault(f"/egress/{at}", f"{egress[at]} stands twice; name each once") for at in repeated(egress)]
    return read.with_more([*named, *definition_faults(read.definition)])


def read_definition(document: Any) -> TaskDefinition:
    """The definition, checked whole; `InvalidDefinition` lists every fault with its place."""
    return read_whole(document).require()


def _validated(document: dict[str, Any]) -> TaskDefinition:
    # Strict as JSON is: a text is no number, and only an enum's or an id's own text stands for it.
    return TaskDefinition.model_validate_json(json.dumps(document), strict=True)


def _as_far_as_can_be(document: dict[str, Any], error: ValidationError) -> ReadDefinition:
    faults = definition_shape_faults(document, error)
    places = [one["loc"] for one in error.errors(include_url=False)]
    unread = frozenset(
        place[1] for place in places if len(place) > 1 and place[0] == "steps" if isinstance(place[1], int)
    )
    wrong = {str(place[0]) for place in places if place and place[0] != "steps"}
    rest = {name: value for name, value in document.items() if name not in wrong}
    if "name" in wrong:
        rest["name"] = _UNNAMED
    if isinstance(steps := document.get("steps"), list):
        rest["steps"] = [_stand_in(step, at) if at in unread else step for at, step in enumerate(steps)]
    try:
        return ReadDefinition(_validated(rest), faults, unread)
    except ValidationError:
        return ReadDefinition(None, faults)


def _stand_in(step: Any, place: int) -> dict[str, Any]:
    """A step that does nothing, in the place of one that cannot be read."""
    given = step if isinstance(step, dict) else {}
    name, needs = given.get("name"), given.get("needs")
    is_list = isinstance(needs, list) and all(_is_name(need) for need in needs)
    return {
        "name": name if _is_name(name) else f"unread_{place}",
        "kind": StepKind.NOOP.value,
        "needs": needs if is_list else [],
    }


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
