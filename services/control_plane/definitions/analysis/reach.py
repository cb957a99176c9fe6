"""Tools of a definition that do nothing without a host to reach, where its task names none."""

from collections.abc import Iterator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.tools.catalogue import TOOLS
from foundation.domain.errors import Fault


def reach_warnings(definition: TaskDefinition) -> Iterator[Fault]:
    if definition.egress:
        return
    for place, name in definition.named_tools():
        if name in TOOLS and TOOLS[name].needs_egress:
            detail = f"{name} reaches nothing, as the task names no host; list the hosts in `egress`"
            yield Fault(pointer_of(place), detail)
