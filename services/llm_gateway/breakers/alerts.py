"""Alerts: each is a log line, a figure, and an entry that the operations API reads."""

import json
import logging
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.contracts.gateway.operations import OperationsKind
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger
from llm_gateway import metrics
from llm_gateway.breakers.board import EVENTS_KEY

_KEPT = 500
_log = logger(__name__)


class Alert(StrEnum):
    """The kinds of alerts: no target answered a call, a changed file was refused, a bill was above its bound."""

    ALL_ATTEMPTS_FAILED = "all_attempts_failed"
    CONFIGURATION_REFUSED = "configuration_refused"
    USAGE_ABOVE_BOUND = "usage_above_bound"


_LEVELS = {
    Alert.ALL_ATTEMPTS_FAILED: logging.WARNING,
    Alert.CONFIGURATION_REFUSED: logging.WARNING,
    Alert.USAGE_ABOVE_BOUND: logging.CRITICAL,
}
"""What calls cannot be served for is looked at; that somebody was charged more than was held may not be."""


class Alerts:
    """Sends alerts, without ever delaying the call that raises one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._tasks = TaskSet()

    def send(self, alert: Alert, **fields: Any) -> None:
        """Never waits and never fails, because its callers are in the middle of a call."""
        metrics.ALERTS.labels(alert.value).inc()
        _log.log(_LEVELS[alert], "alert: %s", alert.value, extra={"alert": alert.value, **fields})
        self._tasks.start(self._keep(alert, fields))

    async def flush(self) -> None:
        """Wait until every alert is in Redis, or has failed to get there."""
        await self._tasks.wait()

    async def latest(self, *, most: int = 100) -> list[dict[str, Any]]:
        """Alerts and changes of breakers, newest first; `RedisError` while Redis is away."""
        entries: Any = await self._redis.xrevrange(EVENTS_KEY, count=most)
        return [_read_entry(entry_id.decode(), fields) for entry_id, fields in entries]

    async def _keep(self, alert: Alert, fields: dict[str, Any]) -> None:
        entry: dict[Any, Any] = {"kind": OperationsKind.ALERT.value, "name": alert.value, "about": json.dumps(fields)}
        try:
            await self._redis.xadd(EVENTS_KEY, entry, maxlen=_KEPT, approximate=True)
        except RedisError as error:
            _log.debug("an alert is in the log only", exc_info=error)


def _read_entry(entry_id: str, fields: dict[bytes, bytes]) -> dict[str, Any]:
    entry: dict[str, Any] = {name.decode(): value.decode() for name, value in fields.items()}
    if "about" in entry:
        entry["about"] = json.loads(entry["about"])
    return {"at_ms": int(entry_id.partition("-")[0]), **entry}
