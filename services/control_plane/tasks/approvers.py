"""Finds the people whom a definition names for its approvals and who could not decide."""

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.approval import ApprovalStep
from foundation.domain.errors import Fault
from foundation.domain.permissions import DECIDING_ROLES
from foundation.storage.people import tenancy
from foundation.storage.session.database import Transaction


async def approver_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """One for each named user who is no member of the tenant, or whose role may not decide.

    Whoever leaves the tenant later is still named: the request then waits for the others, or expires.
    """
    named = [
        (pointer_of(("steps", index, "users", place)), user_id)
        for index, step in enumerate(definition.steps)
        if isinstance(step, ApprovalStep)
        for place, user_id in enumerate(step.users)
    ]
    if not named:
        return []
    roles = await tenancy.roles_of(tx, caller.tenant_id, {user_id for _, user_id in named})
    faults = []
    for pointer, user_id in named:
        role = roles.get(user_id)
        if role is None:
            faults.append(Fault(pointer, "no member of your tenant has this id"))
        elif role not in DECIDING_ROLES:
            faults.append(Fault(pointer, f"this user is a {role}, and may not decide"))
    return faults
