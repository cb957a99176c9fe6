"""Reads the open holds of a bucket from Redis."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from foundation.domain.ids import TenantId
from foundation.domain.money import Amount
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.replies import text


class _Owner(msgspec.Struct):
    tenant_id: TenantId


@dataclass(frozen=True, slots=True)
class RedisHold:
    """One open hold: its bound, its event's day, and its scopes, each with whether it has daily and monthly windows."""

    identity: UUID
    bucket: int
    tenant_id: TenantId
    day: str
    amount: Amount
    scopes: tuple[tuple[str, bool], ...]

    @property
    def event_day(self) -> date:
        return date.fromisoformat(self.day)


async def read_redis_holds(redis: Redis, bucket: int) -> list[RedisHold]:
    """Every hold of a bucket that is neither settled nor lapsed."""
    holds = []
    for member in await redis.zrange(keys.leases(bucket), 0, -1):
        identity = UUID(text(member))
        names = ["state", "tokens", "nano", "day", "scopes", "event"]
        values = await redis.hmget(keys.hold(bucket, identity), names)
        state, tokens, nano, day, scopes, event = map(text, values)
        if state != "open":
            continue
        lines = [line for line in scopes.split("\n") if line]
        holds.append(
            RedisHold(
                identity=identity,
                bucket=bucket,
                tenant_id=msgspec.json.decode(event, type=_Owner).tenant_id,
                day=day,
                amount=Amount(int(tokens), int(nano)),
                scopes=tuple((line[1:], line[0] == "1") for line in lines),
            )
        )
    return holds
