"""The resources that a tenant's steps share, how much of each is taken, and how many steps wait for it."""

from control_plane.governance.tenant_policy.schemas import ResourceView
from control_plane.identity.callers import ApiCaller
from foundation.storage.session.database import Transaction
from foundation.workflow.lines import limits


async def shared(tx: Transaction, caller: ApiCaller) -> list[ResourceView]:
    """The tenant's steps in all, then every resource by name, those included that only running steps still name."""
    policy = await limits.read_policy(tx, caller.tenant_id)
    running = await limits.read_running(tx, caller.tenant_id)
    waiting = await limits.count_waiting(tx, caller.tenant_id)
    capacities = policy.capacities()
    named = sorted({*capacities, *running.units, *waiting} - {limits.TENANT, limits.TASK})
    steps = ResourceView(
        name=limits.TENANT, capacity=policy.steps, taken=running.steps, waiting=waiting.get(limits.TENANT, 0)
    )
    return [
        steps,
        *(
            ResourceView(
                name=name,
                capacity=capacities.get(name, 1),
                taken=running.units.get(name, 0),
                waiting=waiting.get(name, 0),
            )
            for name in named
        ),
    ]
