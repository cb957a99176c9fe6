"""The tenant's own list of allowed providers, which an operator's list holds down."""

from collections.abc import Iterator, Sequence

from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.policy.bounds import TenantBounds
from foundation.contracts.policy.providers import ProviderPolicy
from foundation.domain.errors import BadRequest, Fault
from foundation.storage.session.database import Transaction

PROVIDERS = "providers"
"""The member of a tenant's settings."""
_BOUNDS = "operator_bounds"


async def put(tx: Transaction, caller: ApiCaller, policy: ProviderPolicy) -> None:
    """`BadRequest` with the places of names that the operator does not allow. Gateways go by it within five seconds."""
    settings = await tenant_policy.read(tx, caller)
    bounds = tenant_policy.as_kind(settings.get(_BOUNDS) or {}, TenantBounds).providers or ProviderPolicy()
    faults = [
        *_above("providers", policy.providers, bounds.providers),
        *_above("regions", policy.regions, bounds.regions),
    ]
    if faults:
        detail = f"the policy is above the bounds of the tenant: {first_of(faults, most=3)}"
        remedy = "GET /api/v1/tenants/{tenant_id}/bounds shows them; only an operator of the platform changes them"
        raise BadRequest(detail, faults=tuple(faults), remedy=remedy)
    await tenant_policy.replace(tx, caller, {PROVIDERS: policy}, action="provider_policy.put")


def _above(member: str, wanted: Sequence[str] | None, allowed: Sequence[str] | None) -> Iterator[Fault]:
    if wanted is None or allowed is None:
        return
    for place, name in enumerate(wanted):
        if name not in allowed:
            listed = ", ".join(allowed) or "none"
            yield Fault(f"/body/{member}/{place}", f"an operator of the platform allows these {member}: {listed}")
