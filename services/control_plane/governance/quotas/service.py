"""What of the tenant's quotas is used up, and the tenant's own numbers, which an operator's bounds hold down."""

from collections.abc import Mapping

from control_plane.governance.quotas.schemas import QuotaView
from control_plane.governance.tenant_policy import service as tenant_policy
from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.policy.quotas import QuotaPolicy
from foundation.domain.errors import BadRequest, Fault, NotFound
from foundation.domain.ids import UserId
from foundation.domain.policy.quotas import QUOTAS_OF, LimitSource, Quota, QuotaScope, lowest
from foundation.storage.execution import runs
from foundation.storage.limits import quotas, stored_bytes
from foundation.storage.people import tenancy
from foundation.storage.session.database import Transaction

QUOTAS = "quotas"
"""The member of a tenant's settings."""
_ALLOWING: Mapping[LimitSource | None, tuple[str, str]] = {
    LimitSource.OPERATOR: (
        "an operator of the platform",
        "GET /api/v1/tenants/{tenant_id}/bounds shows them; only an operator of the platform raises them",
    ),
    LimitSource.PLATFORM: (
        "the platform",
        f"write at most what every tenant may have; {LimitSource.PLATFORM.raised_by()} (LOCKSTEP_MAX_OPEN_RUNS)",
    ),
}


async def standing(tx: Transaction, caller: ApiCaller, *, user_id: UserId | None, max_open: int) -> list[QuotaView]:
    """Those of the tenant, and those of this user, who by default is the caller; `NotFound` for no member of it."""
    tenant_id = caller.tenant_id
    if user_id is not None and await tenancy.member_by_id(tx, tenant_id, user_id) is None:
        raise NotFound("the tenant has no such user", remedy="GET /api/v1/members lists its users")
    whose = user_id or caller.user_id
    rules = await quotas.read_rules(tx, tenant_id)
    used = dict(await quotas.read_used(tx, tenant_id, rules, user_id=whose))
    used[QuotaScope.TENANT, Quota.OPEN_RUNS] = await runs.count_open(tx, tenant_id)
    for scope, taken in (await stored_bytes.read(tx, tenant_id, user_id=whose)).items():
        used[scope, Quota.STORED_BYTES] = taken
    shown = []
    for scope, of_scope in QUOTAS_OF.items():
        for quota in of_scope:
            limit = rules.limit(scope, quota, of_platform=max_open if quota is Quota.OPEN_RUNS else None)
            so_far = used.get((scope, quota), 0)
            view = QuotaView(
                quota=quota,
                scope=scope,
                scope_id=tenant_id if scope is QuotaScope.TENANT else whose,
                limit=limit.most,
                set_by=limit.set_by,
                used=so_far,
                left=None if limit.most is None else max(0, limit.most - so_far),
                resets_at=None if quota.is_at_once else rules.today.resets_at,
            )
            shown.append(view)
    return shown


async def put(tx: Transaction, caller: ApiCaller, policy: QuotaPolicy, *, max_open: int) -> None:
    """`BadRequest` with the places of numbers that are above what the operator or the platform allows."""
    require_within(policy, (await quotas.read_rules(tx, caller.tenant_id)).bounds, at="/body", max_open=max_open)
    await tenant_policy.replace(tx, caller, {QUOTAS: policy}, action="quota_policy.put")


def require_within(policy: QuotaPolicy, bounds: QuotaPolicy, *, at: str, max_open: int) -> None:
    """`BadRequest` with the places, below `at`, of numbers above these bounds, or above what the platform allows all.

    A number above either would never hold.
    """
    faults, remedies = [], {}
    for scope, of_scope in QUOTAS_OF.items():
        for quota in of_scope:
            of_platform = max_open if quota is Quota.OPEN_RUNS else None
            limit = lowest({LimitSource.OPERATOR: bounds.most(scope, quota), LimitSource.PLATFORM: of_platform})
            wanted = policy.most(scope, quota)
            if wanted is not None and limit.most is not None and wanted > limit.most:
                who, remedies[limit.set_by] = _ALLOWING[limit.set_by]
                faults.append(Fault(f"{at}/{scope}/{quota}", f"{who} allows {limit.most} at most"))
    if faults:
        detail = f"the quotas are above the bounds of the tenant: {first_of(faults, most=3)}"
        raise BadRequest(detail, faults=tuple(faults), remedy="; ".join(remedies.values()))
