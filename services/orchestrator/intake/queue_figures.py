"""Reports how many messages wait in the worker's queues: as metrics, and to those who look for lost messages."""

from collections.abc import Callable, Mapping

from foundation.cloud.queue.base import Queue
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.storage.session.database import Database
from foundation.telemetry import metrics
from foundation.telemetry.background import every
from foundation.telemetry.logs import logger
from foundation.workflow.stalls import queue_watch

_log = logger(__name__)
_EVERY_SECONDS = 15.0


class QueueFigures:
    """Asks SQS every 15 s and not at each scrape, because its figure is approximate anyway."""

    def __init__(
        self,
        queues: Mapping[str, Queue],
        database: Database,
        *,
        idle: Callable[[], bool] = lambda: False,
        every_seconds: float = _EVERY_SECONDS,
    ) -> None:
        self._queues = queues
        self._database = database
        self._idle = idle
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Reports until cancelled."""
        await every(self._every_seconds, self.look, tolerate=(LockstepError, OSError))()

    async def look(self) -> None:
        """Sets each queue's figure; removes that of a queue that does not answer, so that no old one is shown.

        The lines of steps that wait for a slot are noted beside the queues: an idle worker would have taken any.
        """
        async with self._database.across_tenants(reason="the lines are of every tenant") as tx:
            await queue_watch.record_look(tx, queue_watch.LINES, waiting=0 if self._idle() else 1)
        for name, queue in self._queues.items():
            try:
                waiting = await queue.visible()
            except DependencyUnavailable as error:
                metrics.QUEUE_VISIBLE.remove(name)
                _log.debug("the queue cannot be asked", extra={"queue": name, "error": error.detail})
            else:
                metrics.QUEUE_VISIBLE.labels(name).set(waiting)
                async with self._database.across_tenants(reason="a queue is of every tenant") as tx:
                    await queue_watch.record_look(tx, name, waiting=waiting)
