"""How many bytes the artifacts of a tenant, and of each of its users, take: read from their rows, so never out of step.

An upload that was announced counts at the size that its form admits, and an artifact that has expired no more.
"""

from collections.abc import Mapping

from foundation.domain.ids import TenantId, UserId
from foundation.domain.policy.quotas import QUOTAS_OF, Quota, QuotaScope, StorageFull
from foundation.storage.limits.quotas import QuotaRules
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.telemetry.metrics import QUOTA_REFUSALS


async def read(tx: Transaction, tenant_id: TenantId, *, user_id: UserId | None) -> Mapping[QuotaScope, int]:
    row = (
        await tx.execute(
            text(
                """SELECT COALESCE(sum(size), 0)::bigint AS of_tenant,
                          COALESCE(sum(size) FILTER (WHERE created_by = :user_id), 0)::bigint AS of_user
                   FROM artifacts WHERE tenant_id = :tenant_id AND expired_at IS NULL"""
            ),
            {"tenant_id": tenant_id, "user_id": user_id},
        )
    ).one()
    return {QuotaScope.TENANT: int(row.of_tenant), QuotaScope.USER: int(row.of_user)}


async def require_room(
    tx: Transaction, tenant_id: TenantId, rules: QuotaRules, *, size: int, user_id: UserId | None
) -> None:
    """`StorageFull` when so many bytes more are too many, for the tenant or for the user.

    Where there is a limit, it has one transaction at a time decide, until it ends: several together cannot pass it.
    """
    scopes = [scope for scope in QUOTAS_OF if scope is QuotaScope.TENANT or user_id is not None]
    limits = {scope: rules.limit(scope, Quota.STORED_BYTES) for scope in scopes}
    if size == 0 or all(limit.most is None for limit in limits.values()):
        return
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('bytes of ' || CAST(:tenant_id AS text), 0))"),
        {"tenant_id": str(tenant_id)},
    )
    used = await read(tx, tenant_id, user_id=user_id)
    for scope, limit in limits.items():
        if limit.most is not None and used[scope] + size > limit.most:
            QUOTA_REFUSALS.labels(Quota.STORED_BYTES.value, scope.value).inc()
            raise StorageFull(scope, limit, used=used[scope], asked=size)
