"""Receives messages, works on the steps that they bring or lets them wait in line, and drains when the worker stops."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from foundation.cloud.queue.base import BATCH, Queue, QueueMissing, Received
from foundation.contracts.step_message import StepMessage
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.telemetry import traces
from foundation.telemetry.logs import bind, logger
from foundation.telemetry.spans.record import AttributeValue, SpanAttribute
from orchestrator.claiming.leases import HeldStep, Leases
from orchestrator.claiming.picking import Picker
from orchestrator.claiming.taking import Taken, Taker, TakeRefusal, dispatch_of
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.deleter import Deleter
from orchestrator.intake.waiting import Waiting
from orchestrator.presence import figures
from orchestrator.work import Work

_log = logger(__name__)
_AGAIN_SECONDS = 1.0
_BATCHES_AT_ONCE = 5
_MESSAGING: dict[SpanAttribute, AttributeValue] = {
    SpanAttribute.MESSAGING_SYSTEM: "aws_sqs",
    SpanAttribute.MESSAGING_DESTINATION: "steps",
    SpanAttribute.MESSAGING_OPERATION: "process",
}


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message that could be read."""

    message: StepMessage
    receipt: str
    needs_met: bool = False
    """It was found just now to wait for no other step."""


class Consumer:
    """One worker's loop. It receives also while all its slots are taken.

    What it has no slot for then waits in line in PostgreSQL, which knows who comes next, and not in the queue, where
    everybody would stand behind whoever came first.
    """

    def __init__(
        self,
        queue: Queue,
        taker: Taker,
        picker: Picker,
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
        self.waiting = Waiting(picker, self._start, concurrency=concurrency)
        self._shares = self.waiting.shares
        self._poll_seconds = poll_seconds
        self._visibility_seconds = visibility_seconds

    async def run(self) -> None:
        """Consumes until cancelled; steps that were started by then go on."""
        messages: Sequence[Received] = ()
        while True:
            try:
                messages = await (self._receive_many() if len(messages) >= BATCH else self._receive())
            except QueueMissing:
                _log.debug("the queue is missing; it is being deployed again")
                messages = ()
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            except DependencyUnavailable as error:
                _log.warning("the queue does not answer", extra={"error": error.detail})
                messages = ()
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            await self._take_all(messages)

    async def _receive(self) -> list[Received]:
        return await self._queue.receive(
            BATCH, wait_seconds=self._poll_seconds, visibility_seconds=self._visibility_seconds
        )

    async def _receive_many(self) -> list[Received]:
        """Several batches at once, as the queue has more than one: what stands in it is in no fair order."""
        asked = (
            self._queue.receive(BATCH, wait_seconds=0, visibility_seconds=self._visibility_seconds)
            for _ in range(_BATCHES_AT_ONCE)
        )
        answers = await asyncio.gather(*asked, return_exceptions=True)
        received = [message for answer in answers if isinstance(answer, list) for message in answer]
        failed = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if failed is not None and not received:
            raise failed
        return received

    async def drain(self, *, seconds: float) -> None:
        """Waits `seconds` for running steps to end, then cancels the rest, which gives them back."""
        await self.waiting.close()
        tasks = self._leases.tasks()
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self._deleter.drain()

    async def _take_all(self, messages: Sequence[Received]) -> None:
        """Takes what there is a slot for; the rest stands in line, and so does whatever finds others standing there."""
        admitted, others = [], defaultdict(list)
        for one in await self._park_together([one for one in map(_read, messages) if one is not None]):
            tenant_id = one.message.tenant_id
            if tenant_id not in self.waiting and self._shares.admit(tenant_id):
                admitted.append(one)
            else:
                others[tenant_id].append(one)
        await asyncio.gather(
            *(self._take_admitted(one) for one in admitted), *(self._line_up(*own) for own in others.items())
        )
        if others:
            self.waiting.wake()

    async def _park_together(self, arrived: Sequence[_Arrived]) -> list[_Arrived]:
        """Parks those that have to wait for others, one transaction for all of a run; returns the rest.

        Step Functions enqueues all steps of a run when it starts, so that most messages of a batch only bring a token.
        """
        by_run: dict[tuple[TenantId, RunId], list[_Arrived]] = defaultdict(list)
        for one in arrived:
            by_run[one.message.tenant_id, one.message.run_id].append(one)
        left = await asyncio.gather(*(self._park_of_run(of_run) for of_run in by_run.values()))
        return [one for of_run in left for one in of_run]

    async def _park_of_run(self, arrived: Sequence[_Arrived]) -> Sequence[_Arrived]:
        first = [one for one in arrived if one.message.tick == 0]
        if len(first) <= 1:
            return arrived
        try:
            parked = await self._taker.park([dispatch_of(one.message) for one in first])
        except (LockstepError, OSError) as error:
            _log.warning("steps cannot be parked together now", extra={"error": type(error).__name__})
            return arrived
        for one in first:
            if one.message.step_id in parked:
                self._settle(one, TakeRefusal.PARKED)
        return [replace(one, needs_met=one.message.tick == 0) for one in arrived if one.message.step_id not in parked]

    async def _take_admitted(self, arrived: _Arrived) -> None:
        tenant_id = arrived.message.tenant_id
        taken: Taken | TakeRefusal | None = None
        try:
            taken = await self._take(arrived)
        finally:
            if not isinstance(taken, Taken):
                self._shares.leave(tenant_id)
        if taken is TakeRefusal.LIMITED:
            await self._line_up(tenant_id, [arrived])
            self.waiting.wake()
        else:
            self._settle(arrived, taken)

    async def _line_up(self, tenant_id: TenantId, arrived: Sequence[_Arrived]) -> None:
        placed: frozenset[StepId] = frozenset()
        try:
            placed = await self._taker.line_up(tenant_id, [dispatch_of(one.message) for one in arrived])
        except (LockstepError, OSError) as error:
            _log.warning("steps cannot be lined up now", extra={"error": type(error).__name__})
            return
        if placed:
            self.waiting.add(tenant_id)
        for one in arrived:
            if one.message.step_id in placed:
                self._deleter.delete(one.receipt)
            else:
                # It brings no work, or only asks somebody or starts a run, for which no slot is needed.
                taken = await self._take(one)
                if isinstance(taken, Taken):
                    self._shares.take(tenant_id)
                self._settle(one, taken)

    async def _take(self, arrived: _Arrived) -> Taken | TakeRefusal | None:
        """None when it cannot be said now; the message then comes again."""
        message = arrived.message
        with (
            bind(tenant_id=message.tenant_id, run_id=message.run_id, step_id=message.step_id),
            traces.span("take step", traceparent=message.traceparent, kind=SpanKind.CONSUMER, attributes=_MESSAGING),
        ):
            try:
                taken = await self._taker.take(dispatch_of(message), needs_met=arrived.needs_met)
                outcome = "claimed" if isinstance(taken, Taken) else taken.value
                traces.annotate({SpanAttribute.OUTCOME: outcome, SpanAttribute.STEP_TICK: message.tick})
                return taken
            except (LockstepError, OSError) as error:
                _log.warning("the step cannot be taken now", extra={"error": type(error).__name__})
                return None

    def _settle(self, arrived: _Arrived, taken: Taken | TakeRefusal | None) -> None:
        """Starts what was taken, in the slot that is counted for it, and deletes a message that brought no work."""
        if isinstance(taken, Taken):
            self._start(taken.work, arrived.receipt)
        elif taken is not None and taken is not TakeRefusal.LIMITED:
            extra = {"step_id": str(arrived.message.step_id), "reason": taken.value}
            _log.debug("a message brought no work", extra=extra)
            self._deleter.delete(arrived.receipt)

    def _start(self, work: Work, receipt: str | None = None, *, since: float | None = None) -> None:
        """Works on a claimed step that has its slot; `since` is when the first of a chain of steps got it."""
        tenant_id = work.claim.dispatch.tenant_id
        figures.QUEUE_WAIT.labels(work.claim.kind.value).observe(work.claim.queued_seconds)
        since = asyncio.get_running_loop().time() if since is None else since

        async def advance(held: HeldStep) -> None:
            with suppress(asyncio.CancelledError):
                free_slots = partial(self.waiting.for_freed_steps, tenant_id, since=since)
                for freed in await self._advancer.advance(held, work, free_slots=free_slots):
                    self._shares.take(tenant_id)
                    self._start(freed, since=since)
            if receipt is not None:
                self._deleter.delete(receipt)

        async def advance_and_free(held: HeldStep) -> None:
            try:
                await advance(held)
            finally:
                self._shares.leave(tenant_id)
                self.waiting.freed(tenant_id)

        self._leases.start(HeldStep(work.claim, receipt), advance_and_free)


def _read(message: Received) -> _Arrived | None:
    try:
        return _Arrived(StepMessage.model_validate_json(message.body), message.receipt)
    except ValidationError as error:
        # It is not deleted: after some receives SQS moves it to the dead letters, where it can be inspected.
        _log.warning("a message cannot be read", extra={"errors": error.error_count(), "head": message.body[:200]})
        return None
