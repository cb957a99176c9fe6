"""Finds the secrets that a definition names and cannot have: unknown ones, and ones for hosts they may not go to."""

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress.hosts import allows
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted
from foundation.storage import secrets
from foundation.storage.session.database import Transaction


async def secret_faults(tx: Transaction, caller: ApiCaller, definition: TaskDefinition) -> list[Fault]:
    """As things stand now; what is deleted or moved later is refused when a tool is called."""
    if not definition.secrets:
        return []
    known = await secrets.hosts_of(tx, caller.tenant_id, {secret.name for secret in definition.secrets})
    faults = []
    for index, secret in enumerate(definition.secrets):
        hosts = known.get(secret.name)
        if hosts is None:
            detail = f"the tenant has no secret {quoted(secret.name)}; PUT /api/v1/secrets/{secret.name} stores it"
            faults.append(Fault(pointer_of(("secrets", index, "name")), detail))
        elif not allows(hosts, secret.host):
            detail = f"the secret {quoted(secret.name)} may go to {', '.join(hosts)}, not to {secret.host}"
            faults.append(Fault(pointer_of(("secrets", index, "host")), detail))
    return faults
