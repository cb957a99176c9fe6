"""Finds the hosts that a definition names and that its tenant's policy does not allow."""

from control_plane.identity.callers import ApiCaller
from control_plane.tenant_policy.service import as_kind
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress import EgressPolicy
from foundation.contracts.egress_hosts import covers
from foundation.domain.errors import Fault
from foundation.storage.people import tenant_settings
from foundation.storage.session.database import Transaction


async def egress_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """One for each entry above the policy. One that is lowered later refuses the requests themselves."""
    if not definition.egress:
        return []
    stored = (await tenant_settings.read(tx, caller.tenant_id)).get("egress")
    allowed = as_kind(stored or {}, EgressPolicy).hosts
    if allowed is None:
        return []
    named = ", ".join(allowed) or "no host at all"
    detail = f"the tenant's egress policy allows {named}; PUT /api/v1/egress-policy changes it"
    return [
        Fault(pointer_of(("egress", index)), detail)
        for index, pattern in enumerate(definition.egress)
        if not covers(allowed, pattern)
    ]
