"""A loop that does some work now and then; what is away is waited for."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.logs import logger

_log = logger(__name__)


def every(seconds: float, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """Runs until it is cancelled."""

    async def run() -> None:
        while True:
            try:
                await work()
            except (RedisError, DependencyUnavailable, OSError) as error:
                _log.debug("background work waits", exc_info=error)
            await asyncio.sleep(seconds)

    return run
