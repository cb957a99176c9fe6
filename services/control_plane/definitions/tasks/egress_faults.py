"""Finds the hosts that a definition names too widely, or that its tenant's policy does not allow."""

from control_plane.governance.tenant_policy.service import allowed_hosts
from control_plane.governance.tenant_policy.suffixes import suffix_fault
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress.hosts import covers
from foundation.domain.errors import Fault
from foundation.storage.session.database import Transaction


async def egress_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """One for each entry. A policy that is lowered later refuses the requests themselves."""
    if not definition.egress:
        return []
    wide = [
        Fault(pointer_of(("egress", index)), fault)
        for index, pattern in enumerate(definition.egress)
        if (fault := suffix_fault(pattern))
    ]
    allowed = await allowed_hosts(tx, caller)
    if wide or allowed is None:
        return wide
    named = ", ".join(allowed) or "no host at all"
    detail = f"the tenant's egress policy allows {named}; PUT /api/v1/egress-policy changes it"
    return [
        Fault(pointer_of(("egress", index)), detail)
        for index, pattern in enumerate(definition.egress)
        if not covers(allowed, pattern)
    ]
