"""Reports how many messages wait in the worker's queues."""

from collections.abc import Mapping

from foundation.cloud.queue.base import Queue
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry import metrics
from foundation.telemetry.background import every
from foundation.telemetry.logs import logger

_log = logger(__name__)
_EVERY_SECONDS = 15.0


class QueueFigures:
    """Asks SQS every 15 s and not at each scrape, because its figure is approximate anyway."""

    def __init__(self, queues: Mapping[str, Queue], *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._queues = queues
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Reports until cancelled."""
        await every(self._every_seconds, self.look)()

    async def look(self) -> None:
        """Sets each queue's figure; removes that of a queue that does not answer, so that no old one is shown."""
        for name, queue in self._queues.items():
            try:
                waiting = await queue.visible()
            except DependencyUnavailable as error:
                metrics.QUEUE_VISIBLE.remove(name)
                _log.debug("the queue cannot be asked", extra={"queue": name, "error": error.detail})
            else:
                metrics.QUEUE_VISIBLE.labels(name).set(waiting)
