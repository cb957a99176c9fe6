"""For how long content is kept, and the tenant's own days, which stand between an operator's bounds."""

from control_plane.governance.retention.schemas import KeptView
from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.policy.bounds import TenantBounds
from foundation.contracts.policy.retention import RetentionPolicy, kept
from foundation.domain.errors import BadRequest, Fault
from foundation.domain.policy.retention import ContentKind
from foundation.storage.retention import sweeps
from foundation.storage.session.database import Transaction
from foundation.telemetry.background import utc_now

RETENTION = "retention"
"""The member of a tenant's settings."""
_BOUNDS = "operator_bounds"


async def standing(tx: Transaction, caller: ApiCaller) -> list[KeptView]:
    """`Conflict` where what is stored cannot be read: nothing expires then."""
    settings = await tenant_policy.read(tx, caller)
    own = tenant_policy.as_kind(settings.get(RETENTION) or {}, RetentionPolicy)
    bounds = tenant_policy.as_kind(settings.get(_BOUNDS) or {}, TenantBounds).retention
    found = ((kind, kept(own, bounds, kind)) for kind in ContentKind)
    return [KeptView(content=kind, days=one.days, set_by=one.set_by) for kind, one in found]


async def put(tx: Transaction, caller: ApiCaller, policy: RetentionPolicy) -> None:
    """`BadRequest` with the places of days that are not between the operator's bounds."""
    settings = await tenant_policy.read(tx, caller)
    bounds = tenant_policy.as_kind(settings.get(_BOUNDS) or {}, TenantBounds).retention
    faults = []
    for kind in ContentKind:
        days, between = policy.days(kind), bounds.of(kind)
        if days is not None and between.least is not None and days < between.least:
            faults.append(Fault(f"/body/{kind}", f"an operator of the platform asks for {between.least} days at least"))
        if days is not None and between.most is not None and days > between.most:
            faults.append(Fault(f"/body/{kind}", f"an operator of the platform allows {between.most} days at most"))
    if faults:
        detail = f"the days are not between the bounds of the tenant: {first_of(faults, most=3)}"
        remedy = "GET /api/v1/tenants/{tenant_id}/bounds shows them; only an operator of the platform changes them"
        raise BadRequest(detail, faults=tuple(faults), remedy=remedy)
    await tenant_policy.replace(tx, caller, {RETENTION: policy}, action="retention_policy.put")
    await sweeps.hasten(tx, caller.tenant_id, due_at=utc_now())
