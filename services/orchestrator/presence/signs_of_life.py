"""Shows this worker to whoever asks which workers live, every few seconds; nothing else depends on it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from foundation.cloud.presence.base import Presence
from foundation.contracts.presence import BreakerPresence, WorkerPresence, WorkerStatus
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId
from foundation.telemetry.logs import logger
from orchestrator.presence import figures

_log = logger(__name__)
EVERY_SECONDS = 5.0
PRESENT_SECONDS = 15.0


class SignsOfLife:
    """One worker's. A registry that does not answer is told of the worker with the next sign."""

    def __init__(
        self,
        presence: Presence,
        running: Callable[[], Mapping[TenantId, int]],
        breakers: Callable[[], Sequence[BreakerPresence]],
        *,
        worker_id: str,
        concurrency: int,
        lacks: Callable[[], RuntimeLacks] = RuntimeLacks,
    ) -> None:
        self._presence = presence
        self._running = running
        self._breakers = breakers
        self._lacks = lacks
        self._worker_id = worker_id
        self._concurrency = concurrency
        self._since = datetime.now(UTC)
        self._status = WorkerStatus.STARTING
        self._changed = asyncio.Event()
        figures.SLOTS.set(concurrency)

    def now(self, status: WorkerStatus) -> None:
        """From here on the worker is in this state, which is shown at once."""
        self._status = status
        self._changed.set()

    async def run(self) -> None:
        """Shows the worker until cancelled."""
        while True:
            await self._show()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._changed.wait()
            self._changed.clear()

    async def leave(self) -> None:
        """The worker has stopped."""
        with suppress(DependencyUnavailable):
            await self._presence.leave(self._worker_id)

    async def _show(self) -> None:
        running = dict(self._running())
        figures.STEPS_RUNNING.set(sum(running.values()))
        worker = WorkerPresence(
            id=self._worker_id,
            status=self._status,
            since=self._since,
            seen_at=datetime.now(UTC),
            concurrency=self._concurrency,
            running=running,
            breakers=tuple(self._breakers()),
            lacks=self._lacks(),
        )
        try:
            await self._presence.show(worker, seconds=PRESENT_SECONDS)
            figures.WORKERS_PRESENT.set(len(await self._presence.present()))
        except DependencyUnavailable as error:
            _log.debug("the worker could not be shown", extra={"error": error.detail})
