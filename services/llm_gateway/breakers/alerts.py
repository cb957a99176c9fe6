"""What somebody should look at: a log line, a figure, and an entry for the operations API."""

import asyncio
import json
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.breakers.board import EVENTS_KEY

_KEPT = 500
_log = logger(__name__)


class Alert(StrEnum):
    ALL_ATTEMPTS_FAILED = "all_attempts_failed"
    CONFIGURATION_REFUSED = "configuration_refused"
    USAGE_ABOVE_BOUND = "usage_above_bound"


class Alerts:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._tasks: set[asyncio.Task[None]] = set()

    def say(self, alert: Alert, **about: Any) -> None:
        """Never waits and never fails: who alerts has something else to do."""
        metrics.ALERTS.labels(alert.value).inc()
        _log.error("alert: %s", alert.value, extra={"alert": alert.value, **about})
        task = asyncio.ensure_future(self._keep(alert, about))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def kept(self) -> None:
        """Wait until what was said is kept, as far as it can be."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def latest(self, *, most: int = 100) -> list[dict[str, Any]]:
        """Alerts and changes of breakers, newest first; `RedisError` while Redis is away."""
        entries: Any = await self._redis.xrevrange(EVENTS_KEY, count=most)
        return [_entry(entry_id.decode(), fields) for entry_id, fields in entries]

    async def _keep(self, alert: Alert, about: dict[str, Any]) -> None:
        fields: dict[Any, Any] = {"kind": "alert", "name": alert.value, "about": json.dumps(about)}
        try:
            await self._redis.xadd(EVENTS_KEY, fields, maxlen=_KEPT, approximate=True)
        except RedisError as error:
            _log.debug("an alert stands in the log only", exc_info=error)


def _entry(entry_id: str, fields: dict[bytes, bytes]) -> dict[str, Any]:
    told: dict[str, Any] = {name.decode(): value.decode() for name, value in fields.items()}
    if "about" in told:
        told["about"] = json.loads(told["about"])
    return {"at_ms": int(entry_id.partition("-")[0]), **told}
