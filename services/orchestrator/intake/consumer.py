"""Receives messages while slots are free, works on the steps that they bring, and drains when the worker stops."""

import asyncio
from contextlib import suppress

from pydantic import ValidationError

from foundation.cloud.queue.base import BATCH, Queue, QueueMissing, Received
from foundation.contracts.step_message import StepMessage
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import TenantId
from foundation.telemetry import traces
from foundation.telemetry.logs import bind, logger
from orchestrator.claiming.leases import HeldStep, Leases
from orchestrator.claiming.taking import Taken, Taker, TakeRefusal, dispatch_of
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.deleter import Deleter
from orchestrator.intake.shares import Shares
from orchestrator.work import Work

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
        self._shares = Shares(concurrency)
        # Tenants of whose steps this worker has parked some, for want of a slot.
        self._kept_waiting: set[TenantId] = set()
        self._poll_seconds = poll_seconds
        self._visibility_seconds = visibility_seconds
        self._freed = asyncio.Event()

    async def run(self) -> None:
        """Consumes until cancelled; steps that were started by then go on."""
        while True:
            if self._shares.free <= 0:
                self._freed.clear()
                await self._freed.wait()
                continue
            try:
                messages = await self._queue.receive(
                    min(self._shares.free, BATCH),
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
        """Waits `seconds` for running steps to end, then cancels the rest, which gives them back."""
        tasks = self._leases.tasks()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self._deleter.drain()

    async def _take(self, message: Received) -> None:
        try:
            parsed = StepMessage.model_validate_json(message.body)
        except ValidationError as error:
            # It is not deleted: after some receives SQS moves it to the dead letters, where it can be inspected.
            _log.error("a message cannot be read", extra={"errors": error.error_count(), "head": message.body[:200]})
            return
        tenant_id = parsed.tenant_id
        with (
            bind(tenant_id=tenant_id, run_id=parsed.run_id, step_id=parsed.step_id),
            traces.span("take step", traceparent=parsed.traceparent),
        ):
            admitted = self._shares.admit(tenant_id)
            taken: Taken | TakeRefusal | None = None
            try:
                dispatch = dispatch_of(parsed)
                taken = await (self._taker.take(dispatch) if admitted else self._taker.take_later(dispatch))
            except (LockstepError, OSError) as error:
                _log.warning("the step cannot be taken now", extra={"error": type(error).__name__})
                return
            finally:
                if admitted and not isinstance(taken, Taken):
                    self._free_slot(tenant_id)
        if isinstance(taken, Taken):
            self._start(taken.work, message.receipt)
            return
        _log.debug("a message brought no work", extra={"step_id": str(parsed.step_id), "reason": taken.value})
        if taken is TakeRefusal.SHARE_USED:
            self._kept_waiting.add(tenant_id)
        self._deleter.delete(message.receipt)

    def _start(self, work: Work, receipt: str | None) -> None:
        """Works on a claimed step that has its slot."""
        tenant_id = work.claim.dispatch.tenant_id

        async def advance(held: HeldStep) -> None:
            with suppress(asyncio.CancelledError):
                for freed in await self._advancer.advance(
                    held, work, free_slots=lambda: self._shares.for_freed_steps(tenant_id)
                ):
                    self._shares.take(tenant_id)
                    self._start(freed, None)
            if receipt is not None:
                self._deleter.delete(receipt)

        async def advance_and_free(held: HeldStep) -> None:
            try:
                await advance(held)
            finally:
                self._free_slot(tenant_id)
            await self._wake(tenant_id)

        self._leases.start(HeldStep(work.claim, receipt), advance_and_free)

    def _free_slot(self, tenant_id: TenantId) -> None:
        self._shares.leave(tenant_id)
        self._freed.set()

    async def _wake(self, tenant_id: TenantId) -> None:
        """Enqueues the tenant's longest waiting step, as a slot of its share has become free."""
        if tenant_id not in self._kept_waiting:
            return
        try:
            if await self._taker.wake(tenant_id, most=1) == 0:
                self._kept_waiting.discard(tenant_id)
        except (LockstepError, OSError) as error:
            # The next step of the tenant that ends wakes it, or else the sweeper.
            _log.warning("a step that waits for a slot was not woken", extra={"error": type(error).__name__})
