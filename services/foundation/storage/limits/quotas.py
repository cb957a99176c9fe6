"""Quotas as they stand: what holds for a tenant, and what of it is used up today, counted exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from foundation.contracts.policy.quotas import QuotaPolicy, quota_policy_of
from foundation.domain.ids import TenantId, UserId
from foundation.domain.policy.quotas import (
    QUOTAS_OF,
    LimitSource,
    Quota,
    QuotaDay,
    QuotaLimit,
    QuotaScope,
    QuotaUsedUp,
    lowest,
)
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.telemetry.metrics import QUOTA_REFUSALS

Used = Mapping[tuple[QuotaScope, Quota], int]
"""What has begun today; what is not in it is 0."""
_UNLIMITED = 2**62
_KEPT_DAYS = 62


@dataclass(frozen=True, slots=True)
class QuotaRules:
    """What holds for the tenant now."""

    own: QuotaPolicy
    bounds: QuotaPolicy
    today: QuotaDay

    def limit(self, scope: QuotaScope, quota: Quota, *, of_platform: int | None = None) -> QuotaLimit:
        return lowest(
            {
                LimitSource.TENANT: self.own.most(scope, quota),
                LimitSource.OPERATOR: self.bounds.most(scope, quota),
                LimitSource.PLATFORM: of_platform,
            }
        )


async def hold_starts(tx: Transaction, tenant_id: TenantId) -> None:
    """Has one transaction at a time decide whether the tenant may have one more run, until it ends.

    Whoever comes next sees what this one has committed, so that several together cannot pass a quota.
    """
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('starts of ' || CAST(:tenant_id AS text), 0))"),
        {"tenant_id": str(tenant_id)},
    )


async def read_rules(tx: Transaction, tenant_id: TenantId) -> QuotaRules:
    """What holds for the tenant now. Days are those of UTC: with its time zone a tenant could move a day of its own."""
    row = (
        await tx.execute(
            text(
                """SELECT settings -> 'quotas' AS own, settings -> 'operator_bounds' -> 'quotas' AS bounds, today.day,
                          CAST(today.day + 1 AS timestamp) AT TIME ZONE 'UTC' AS resets_at
                   FROM tenants CROSS JOIN LATERAL (SELECT CAST(now() AT TIME ZONE 'UTC' AS date) AS day) today
                   WHERE tenant_id = :tenant_id"""
            ),
            {"tenant_id": tenant_id},
        )
    ).one()
    today = QuotaDay(row.day, row.resets_at.astimezone(UTC))
    return QuotaRules(quota_policy_of(row.own), quota_policy_of(row.bounds), today)


async def read_used(tx: Transaction, tenant_id: TenantId, rules: QuotaRules, *, user_id: UserId | None) -> Used:
    """Of the tenant as a whole, and of this user."""
    rows = await tx.execute(
        text(
            """SELECT scope, quota, used FROM quota_counts
               WHERE tenant_id = :tenant_id AND day = :day
                 AND (scope = 'tenant' OR (scope = 'user' AND scope_id = :user_id))"""
        ),
        {"tenant_id": tenant_id, "day": rules.today.day, "user_id": user_id},
    )
    return {(QuotaScope(row.scope), Quota(row.quota)): int(row.used) for row in rows}


async def require_left(
    tx: Transaction, tenant_id: TenantId, rules: QuotaRules, quota: Quota, *, user_id: UserId | None
) -> None:
    """`QuotaUsedUp` when no more of it may begin today; whoever needs that to stay so holds the starts."""
    limits = {scope: rules.limit(scope, quota) for scope in _scopes(quota, user_id)}
    if all(limit.most is None for limit in limits.values()):
        return
    used = await read_used(tx, tenant_id, rules, user_id=user_id)
    for scope, limit in limits.items():
        so_far = used.get((scope, quota), 0)
        if limit.most is not None and so_far >= limit.most:
            raise _used_up(rules, quota, scope, limit, so_far)


async def count(
    tx: Transaction, tenant_id: TenantId, rules: QuotaRules, quota: Quota, *, user_id: UserId | None, amount: int = 1
) -> None:
    """So much more begins, for the tenant and for the user; `QuotaUsedUp` when it may not, and nothing is counted.

    The rows are held until the transaction ends, so it does this last of all that it holds.
    """
    limits = {scope: rules.limit(scope, quota) for scope in _scopes(quota, user_id)}
    most = {scope: _UNLIMITED if limit.most is None else limit.most for scope, limit in limits.items()}
    rows = await tx.execute(
        text(
            """INSERT INTO quota_counts AS c (tenant_id, day, quota, scope, scope_id, used)
               SELECT :tenant_id, :day, :quota, s.scope, s.scope_id, CAST(:amount AS bigint)
               FROM (VALUES ('tenant', CAST(:tenant_id AS uuid), CAST(:of_tenant AS bigint)),
                            ('user', CAST(:user_id AS uuid), CAST(:of_user AS bigint))) AS s (scope, scope_id, most)
               WHERE s.scope_id IS NOT NULL AND s.most >= CAST(:amount AS bigint)
               ORDER BY s.scope
               ON CONFLICT (tenant_id, day, quota, scope, scope_id) DO UPDATE SET used = c.used + EXCLUDED.used
               WHERE c.used + EXCLUDED.used <= CASE c.scope WHEN 'tenant' THEN CAST(:of_tenant AS bigint)
                                           ELSE CAST(:of_user AS bigint) END
               RETURNING c.scope, c.used"""
        ),
        {
            "tenant_id": tenant_id,
            "day": rules.today.day,
            "quota": quota.value,
            "user_id": user_id,
            "amount": amount,
            "of_tenant": most[QuotaScope.TENANT],
            "of_user": most.get(QuotaScope.USER, _UNLIMITED),
        },
    )
    counted = {QuotaScope(row.scope): int(row.used) for row in rows}
    for scope, limit in limits.items():
        if scope not in counted:
            used = await read_used(tx, tenant_id, rules, user_id=user_id)
            raise _used_up(rules, quota, scope, limit, used.get((scope, quota), 0), asked=amount)
    if counted[QuotaScope.TENANT] == amount:
        await _forget_old(tx, tenant_id, rules)


async def _forget_old(tx: Transaction, tenant_id: TenantId, rules: QuotaRules) -> None:
    """Once a day: what nobody asks for any more."""
    await tx.execute(
        text("DELETE FROM quota_counts WHERE tenant_id = :tenant_id AND day < CAST(:day AS date) - :kept"),
        {"tenant_id": tenant_id, "day": rules.today.day, "kept": _KEPT_DAYS},
    )


def _scopes(quota: Quota, user_id: UserId | None) -> list[QuotaScope]:
    """The scopes for which it is counted, the tenant first."""
    counted = [scope for scope, quotas in QUOTAS_OF.items() if quota in quotas]
    return [scope for scope in counted if scope is QuotaScope.TENANT or user_id is not None]


def _used_up(
    rules: QuotaRules, quota: Quota, scope: QuotaScope, limit: QuotaLimit, used: int, *, asked: int = 1
) -> QuotaUsedUp:
    QUOTA_REFUSALS.labels(quota.value, scope.value).inc()
    return QuotaUsedUp(quota, scope, limit, used=used, day=rules.today, now=datetime.now(UTC), asked=asked)
