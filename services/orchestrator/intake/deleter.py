"""Deletes handled messages in batches of ten, a moment after they were handled."""

import asyncio

from foundation.cloud.queue.base import BATCH, Queue
from foundation.domain.errors import DependencyUnavailable
from foundation.telemetry.logs import logger

_log = logger(__name__)
_GATHER_SECONDS = 0.05


class Deleter:
    """Collects the receipts of handled messages and deletes the messages in batches."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def delete(self, receipt: str) -> None:
        self._waiting.put_nowait(receipt)

    async def run(self) -> None:
        """Deletes until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            # Receipts that come within this moment share one request to SQS.
            if self._waiting.qsize() < BATCH - 1:
                await asyncio.sleep(_GATHER_SECONDS)
            await self._flush(batch)

    async def drain(self) -> None:
        """Deletes what is left."""
        while not self._waiting.empty():
            await self._flush([])

    async def _flush(self, batch: list[str]) -> None:
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        try:
            await self._queue.delete(batch)
        except DependencyUnavailable as error:
            # They come back and are refused as finished: nothing is done twice.
            _log.warning("messages could not be deleted", extra={"count": len(batch), "error": error.detail})
