"""Takes messages while there are free slots, works on what they bring, and stops cleanly."""

import asyncio
from contextlib import suppress

from pydantic import ValidationError

from foundation.cloud.queue import BATCH, Queue, QueueMissing, Received
from foundation.contracts.step_message import StepMessage
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.telemetry import traces
from foundation.telemetry.logs import bind, logger
from orchestrator.advancing import Advancer
from orchestrator.clients.launcher import DRAINED
from orchestrator.deleter import Deleter
from orchestrator.engines.base import Work
from orchestrator.leases import Held, Leases
from orchestrator.taking import Taken, Taker, dispatch_of

_log = logger(__name__)
_AGAIN_SECONDS = 1.0


class Consumer:
    """One worker's loop: it receives min(10, free slots), never more than it can start."""

    def __init__(
        self,
        queue: Queue,
        taker: Taker,
        advancer: Advancer,
        leases: Leases,
        deleter: Deleter,
        *,
        concurrency: int,
        poll_seconds: int,
        visibility_seconds: int,
    ) -> None:
        self._queue = queue
        self._taker = taker
        self._advancer = advancer
        self._leases = leases
        self._deleter = deleter
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._visibility_seconds = visibility_seconds
        self._freed = asyncio.Event()

    def free_slots(self) -> int:
        return self._concurrency - len(self._leases)

    async def run(self) -> None:
        """Consumes until cancelled; what was started by then goes on."""
        while True:
            if self.free_slots() <= 0:
                self._freed.clear()
                await self._freed.wait()
                continue
            try:
                messages = await self._queue.receive(
                    min(self.free_slots(), BATCH),
                    wait_seconds=self._poll_seconds,
                    visibility_seconds=self._visibility_seconds,
                )
            except QueueMissing:
                _log.debug("the queue is missing; it is being deployed again")
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            except DependencyUnavailable as error:
                _log.warning("the queue does not answer", extra={"error": error.detail})
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            await asyncio.gather(*(self._take(message) for message in messages))

    async def drain(self, *, seconds: float) -> None:
        """Lets running steps end for a while, then gives the rest back."""
        tasks = self._leases.tasks()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel(DRAINED)
            await asyncio.gather(*left, return_exceptions=True)
        await self._deleter.drain()

    async def _take(self, message: Received) -> None:
        try:
            parsed = StepMessage.model_validate_json(message.body)
        except ValidationError as error:
            # It can never be read: it goes to the dead letters by itself, where it is inspected.
            _log.error("a message cannot be read", extra={"errors": error.error_count(), "head": message.body[:200]})
            return
        with (
            bind(tenant_id=parsed.tenant_id, run_id=parsed.run_id, step_id=parsed.step_id),
            traces.span("take step", traceparent=parsed.traceparent),
        ):
            try:
                taken = await self._taker.take(dispatch_of(parsed))
            except (LockstepError, OSError) as error:
                _log.warning("the step cannot be taken now", extra={"error": type(error).__name__})
                return
        if isinstance(taken, Taken):
            self._start(taken.work, message.receipt)
        else:
            _log.debug("refused", extra={"step_id": str(parsed.step_id), "reason": taken.value})
            self._deleter.delete(message.receipt)

    def _start(self, work: Work, receipt: str | None) -> None:
        async def advance(held: Held) -> None:
            with suppress(asyncio.CancelledError):
                for freed in await self._advancer.advance(held, work, free_slots=lambda: self.free_slots() + 1):
                    self._start(freed, None)
            if receipt is not None:
                self._deleter.delete(receipt)

        async def advance_and_free(held: Held) -> None:
            try:
                await advance(held)
            finally:
                self._freed.set()

        self._leases.start(Held(work.claim, receipt), advance_and_free)
