"""What lasting scopes have committed and hold, as their counters in Redis have it."""

from collections.abc import Sequence

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.contracts.spending import AskSpending, Money, ScopeName, ScopeSpending, Spending, WindowSpending
from foundation.domain.errors import DependencyUnavailable
from llm_gateway.budget import keys

_FIELDS = (
    "", "tokens", "nano", "held_tokens", "held_nano",
    "day", "day_tokens", "day_nano", "day_held_tokens", "day_held_nano",
    "month", "month_tokens", "month_nano", "month_held_tokens", "month_held_nano",
)  # fmt: skip
"""Of each window its label and its counters, as common.lua names them; the total has no label, no field is empty."""
_WIDTH = 5


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
    total, day, month = (_window(values[at : at + _WIDTH]) for at in range(0, len(_FIELDS), _WIDTH))
    return ScopeSpending(scope=scope, total=total, day=day, month=month)


def _window(values: Sequence[bytes | None]) -> WindowSpending:
    label, *counters = values
    tokens, nano, held_tokens, held_nano = (int(value or 0) for value in counters)
    return WindowSpending(
        label=(label or b"").decode(),
        committed=Money(tokens=tokens, nano_usd=nano),
        held=Money(tokens=held_tokens, nano_usd=held_nano),
    )
