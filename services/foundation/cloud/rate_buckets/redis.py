"""Buckets in Redis, by its clock: of each one number, which lapses when the bucket is full again."""

from collections.abc import Sequence

from redis.asyncio import Redis

from foundation.cloud.rate_buckets.base import Draw
from foundation.cloud.redis_errors import redis_asked
from foundation.domain.policy.token_buckets import TokenGrant

_WHAT = "Redis, which counts requests,"

_DRAW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local grants = {}
for place, bucket in ipairs(KEYS) do
    local each, burst, wanted = tonumber(ARGV[3 * place - 2]), tonumber(ARGV[3 * place - 1]), tonumber(ARGV[3 * place])
    local full_at = math.max(now, tonumber(redis.call('GET', bucket) or 0))
    local there = math.floor(burst - (full_at - now) / each + 0.000001)
    local taken = math.max(0, math.min(wanted, there))
    if taken > 0 then
        full_at = full_at + taken * each
        redis.call('SET', bucket, string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
    end
    local wait = taken > 0 and 0 or math.max(0, full_at - now + (1 - burst) * each)
    table.insert(grants, {taken, math.max(0, there - taken), math.ceil(wait)})
end
return grants
"""
"""`draw` of the domain, in microseconds: of each bucket how long a token takes, how many it holds, how many to take."""


class RedisBuckets:
    """The port on one Redis."""

    def __init__(self, redis: Redis) -> None:
        self._draw = redis.register_script(_DRAW)

    async def draw(self, draws: Sequence[Draw]) -> list[TokenGrant]:
        args = [part for one in draws for part in (1_000_000 / one.policy.rate, one.policy.burst, one.wanted)]
        with redis_asked(_WHAT):
            grants = await self._draw(keys=[one.bucket for one in draws], args=args)
        return [TokenGrant(int(taken), int(left), int(wait) / 1_000_000) for taken, left, wait in grants]
