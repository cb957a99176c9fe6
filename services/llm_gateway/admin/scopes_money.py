"""Reads from the counters in Redis what lasting scopes have committed and hold."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.contracts.gateway.spending import ScopeName, ScopeSpending, Spending, SpendingQuery, WindowSpending
from foundation.domain.errors import DependencyUnavailable
from llm_gateway.budget.limits.scope_counts import FIELD, ScopeCounts, WindowCounts
from llm_gateway.budget.redis import keys


class ScopeSpendingReader:
    """Reads what scopes have committed and hold from Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def read(self, question: SpendingQuery) -> Spending:
        """In one round trip; `DependencyUnavailable` while Redis is away or its counters are being rebuilt."""
        bucket = keys.bucket_of(question.tenant_id)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.exists(keys.epoch(bucket))
        for scope in question.scopes:
            pipeline.hget(keys.scope(bucket, question.tenant_id, scope.kind, scope.scope_id), FIELD)
        try:
            is_open, *fields = await pipeline.execute()
        except RedisError as error:
            raise DependencyUnavailable("Redis does not answer", retry_after=1) from error
        if not is_open:
            raise DependencyUnavailable("budgets are being counted anew", retry_after=1)
        return Spending(
            scopes=[_scope_spending(scope, field) for scope, field in zip(question.scopes, fields, strict=True)]
        )


def _scope_spending(scope: ScopeName, field: bytes | None) -> ScopeSpending:
    counts = ScopeCounts.read(field)
    return ScopeSpending(scope=scope, total=_window(counts.total), day=_window(counts.day), month=_window(counts.month))


def _window(counts: WindowCounts | None) -> WindowSpending:
    counts = counts or WindowCounts()
    return WindowSpending(label=counts.label, committed=counts.committed, held=counts.held)
