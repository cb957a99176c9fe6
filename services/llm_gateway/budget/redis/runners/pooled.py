"""Runs scripts on the connections of a pool."""

from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from llm_gateway.budget.redis.base import Argument, Script


class PooledRunner:
    """The port on redis-py's own client."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        try:
            return await self._redis.evalsha(script.digest, len(script_keys), *script_keys, *args)
        except NoScriptError:
            return await self._redis.eval(script.source, len(script_keys), *script_keys, *args)
