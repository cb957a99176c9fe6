"""Finds the people whom a definition names for its approvals and who could not decide."""

from collections.abc import Iterator, Sequence

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.steps.agent import AgentStep
from foundation.contracts.steps.agent_tool import AgentTool, ApprovalRule
from foundation.contracts.steps.approval import ApprovalStep
from foundation.contracts.steps.base import Place
from foundation.contracts.steps.catalogue import Step
from foundation.domain.errors import Fault
from foundation.domain.ids import UserId
from foundation.domain.permissions import Permission
from foundation.storage.people import tenancy
from foundation.storage.session.database import Transaction


async def approver_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """One for each named user who is no member of the tenant, or whose role may not decide.

    Whoever leaves the tenant later is still named: the request then waits for the others, or expires.
    """
    named = [
        (pointer_of(("steps", index, *at, "users", place)), user_id)
        for index, step in enumerate(definition.steps)
        for at, users in _asked_by(step)
        for place, user_id in enumerate(users)
    ]
    if not named:
        return []
    grants = await tenancy.grants_of(tx, caller.tenant_id, {user_id for _, user_id in named})
    faults = []
    for pointer, user_id in named:
        grant = grants.get(user_id)
        if grant is None:
            faults.append(Fault(pointer, "no member of your tenant has this id"))
        elif Permission.APPROVALS_DECIDE not in grant.permissions:
            faults.append(Fault(pointer, f"this user is a {grant.name}, and may not decide"))
    return faults


def _asked_by(step: Step) -> Iterator[tuple[Place, Sequence[UserId]]]:
    """The users whom the step names, each list with the place of what it stands in within the step."""
    if isinstance(step, ApprovalStep):
        yield (), step.users
    if isinstance(step, AgentStep):
        for place, tool in enumerate(step.tools):
            if isinstance(tool, AgentTool) and isinstance(tool.approve, ApprovalRule):
                yield ("tools", place, "approve"), tool.approve.users
