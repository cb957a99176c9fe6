"""The registry of workers in Redis: a key for each worker that Redis itself lets lapse, and an index of their ids."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from foundation.cloud.redis_errors import redis_asked
from foundation.contracts.presence import WorkerPresence

_INDEX = "ls:workers"
_WORKER = "ls:worker:"
_TIMEOUT_SECONDS = 2.0
_WHAT = "Redis, which knows the workers,"
_INDEX_SECONDS = 86_400


def connect(url: str, *, timeout_seconds: float = _TIMEOUT_SECONDS) -> Redis:
    """A client with time-outs on everything, which repeats no command by itself; close it when the process ends."""
    return Redis.from_url(
        url,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


class RedisPresence:
    """The port on one Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def show(self, worker: WorkerPresence, *, seconds: float) -> None:
        with redis_asked(_WHAT):
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.set(_WORKER + worker.id, worker.model_dump_json(), px=int(seconds * 1000))
                pipeline.sadd(_INDEX, worker.id)
                pipeline.expire(_INDEX, _INDEX_SECONDS)
                await pipeline.execute()

    async def leave(self, worker_id: str) -> None:
        with redis_asked(_WHAT):
            async with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.delete(_WORKER + worker_id)
                pipeline.srem(_INDEX, worker_id)
                await pipeline.execute()

    async def present(self) -> list[WorkerPresence]:
        with redis_asked(_WHAT):
            ids = sorted(map(str, await self._redis.smembers(_INDEX)))
            values = await self._redis.mget([_WORKER + worker_id for worker_id in ids]) if ids else []
            gone = [worker_id for worker_id, value in zip(ids, values, strict=True) if value is None]
            if gone:
                # One that shows itself at this very moment is back in the index with its next sign of life.
                await self._redis.srem(_INDEX, *gone)
        return [WorkerPresence.model_validate_json(value) for value in values if value is not None]
