"""What lasting scopes have committed and hold, as their counters in Redis have it."""

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.contracts.spending import AskSpending, Money, ScopeName, ScopeSpending, Spending, WindowSpending
from foundation.domain.errors import DependencyUnavailable
from llm_gateway.budget import keys
from llm_gateway.budget.scopes import Amount
from llm_gateway.budget.window_counts import WindowCounts

_FIELDS = ("total", "day", "month")


class ScopesMoney:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def spending(self, asked: AskSpending) -> Spending:
        """In one round trip; `DependencyUnavailable` while Redis is away or its counters are being rebuilt."""
        bucket = keys.bucket_of(asked.tenant_id)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.exists(keys.epoch(bucket))
        for scope in asked.scopes:
            pipeline.hmget(keys.scope(bucket, asked.tenant_id, scope.kind, scope.scope_id), _FIELDS)
        try:
            is_open, *hashes = await pipeline.execute()
        except RedisError as error:
            raise DependencyUnavailable("Redis does not answer", retry_after=1) from error
        if not is_open:
            raise DependencyUnavailable("budgets are being counted anew", retry_after=1)
        return Spending(
            scopes=[_scope_spending(scope, values) for scope, values in zip(asked.scopes, hashes, strict=True)]
        )


def _scope_spending(scope: ScopeName, values: Sequence[bytes | None]) -> ScopeSpending:
    total, day, month = map(_window, values)
    # the total needs no name
    return ScopeSpending(scope=scope, total=total.model_copy(update={"label": ""}), day=day, month=month)


def _window(field: bytes | None) -> WindowSpending:
    counts = WindowCounts.read(field)
    return WindowSpending(label=counts.label, committed=_money(counts.committed), held=_money(counts.held))


def _money(amount: Amount) -> Money:
    return Money(tokens=amount.tokens, nano_usd=amount.nano_usd)
