"""Finds the resources that a definition takes and that the tenant does not have, or not so much of."""

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted
from foundation.storage.session.database import Transaction
from foundation.workflow.lines import limits


async def resource_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """One for each resource that nobody named, and for each step that takes more than there is of one.

    A capacity that is lowered later refuses nothing: such a step then takes all that there is.
    """
    taken = [
        (pointer_of(("steps", index, "resources", name)), name, units)
        for index, step in enumerate(definition.steps)
        for name, units in step.resources.items()
    ]
    if not taken:
        return []
    capacities = (await limits.read_policy(tx, caller.tenant_id)).capacities()
    faults = []
    for pointer, name, units in taken:
        capacity = capacities.get(name)
        if capacity is None:
            known = ", ".join(sorted(capacities))
            detail = f"there is no resource {quoted(name)}; known are {known}; PUT /api/v1/concurrency names more"
            faults.append(Fault(pointer, detail))
        elif units > capacity:
            detail = f"the step takes {units} and there are {capacity}; PUT /api/v1/concurrency sets the capacity"
            faults.append(Fault(pointer, detail))
    return faults
