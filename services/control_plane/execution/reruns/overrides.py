"""What a fork changes of its steps: merged into the pinned definition, and checked whole by a definition's rules."""

from collections.abc import Collection, Mapping
from typing import Any

from control_plane.definitions.tasks.reading import read_definition
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.definition import TaskDefinition
from foundation.domain.errors import Fault, InvalidDefinition
from foundation.domain.words.quoting import quoted

Overrides = Mapping[str, Mapping[str, Any]]
"""By the name of a step, the members that replace its own."""


def check_overrides(definition: TaskDefinition, overrides: Overrides, *, running: Collection[str]) -> None:
    """`InvalidDefinition` with every fault at its place in the request; `running` are the steps that will run."""
    names = [step.name for step in definition.steps]
    faults = [Fault(_at(name), _why_not(name, names)) for name in overrides if name not in names or name not in running]
    if faults:
        raise _refused(faults)
    document = definition.model_dump(mode="json")
    document["steps"] = [{**step, **overrides.get(step["name"], {})} for step in document["steps"]]
    try:
        read_definition(document)
    except InvalidDefinition as error:
        raise _refused([_in_the_request(fault, names) for fault in error.faults]) from error


def _why_not(name: str, names: Collection[str]) -> str:
    if name not in names:
        return f"the task has no step {quoted(name)}"
    return f"{quoted(name)} is taken over as it ended and does not run, so nothing of it can be changed"


def _at(name: str, *rest: str) -> str:
    return pointer_of(("body", "overrides", name, *rest))


def _in_the_request(fault: Fault, names: list[str]) -> Fault:
    """The fault at the step's place among the overrides; one of the whole plan stays with the overrides."""
    parts = fault.pointer.split("/")
    if len(parts) < 3 or parts[1] != "steps" or not parts[2].isdigit():  # noqa: PLR2004 - "", "steps", the index
        return Fault(pointer_of(("body", "overrides")), fault.detail)
    return Fault("/".join([_at(names[int(parts[2])]), *parts[3:]]), fault.detail)


def _refused(faults: list[Fault]) -> InvalidDefinition:
    first = first_of(faults, most=3)
    return InvalidDefinition(f"the steps cannot run with these overrides: {first}", faults=tuple(faults))
