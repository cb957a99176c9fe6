"""A complete worker without AWS: its queue is a list in this process, which also receives its callbacks.

Consumer, claims, leases, fences, recording, events, outbox and relay are those of `python -m orchestrator`.
"""

import asyncio
import json
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import PostgresDsn

from foundation.cloud.queue.base import BATCH, Outgoing, Received
from foundation.domain.states import StepKind
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.database import DatabaseSettings
from foundation.storage.session.notifications import Wakeups
from foundation.storage.session.outbox import Due, OutboxKind
from foundation.storage.session.relay import EffectSender, Relay
from foundation.storage.session.transaction import Observer
from foundation.telemetry import logs, traces
from foundation.workflow.messages import step_message
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.claiming.leases import Leases
from orchestrator.claiming.picking import Picker
from orchestrator.claiming.taking import Taker
from orchestrator.failpoints import Failpoints
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.consumer import Consumer
from orchestrator.intake.deleter import Deleter
from orchestrator.intake.expansion import Expansion
from orchestrator.recording.outcome_writer import OutcomeWriter
from orchestrator.work import StepFinished, TickOutcome, Work
from support.scratch import database


class ListQueue:
    """A queue in memory, of any length, which counts the calls that SQS would have received."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def put(self, bodies: Sequence[str]) -> None:
        for body in bodies:
            self._waiting.put_nowait(body)

    async def receive(self, limit: int, *, wait_seconds: int = 20, visibility_seconds: int = 60) -> list[Received]:  # noqa: ARG002
        self.calls["receive"] += 1
        try:
            async with asyncio.timeout(wait_seconds):
                bodies = [await self._waiting.get()]
        except TimeoutError:
            return []
        while len(bodies) < min(limit, BATCH) and not self._waiting.empty():
            bodies.append(self._waiting.get_nowait())
        return [Received(body, "receipt", 1) for body in bodies]

    async def send(self, messages: Sequence[Outgoing]) -> list[bool]:
        self.calls["send"] += 1
        self.put([message.body for message in messages])
        return [True] * len(messages)

    async def delete(self, receipts: Sequence[str]) -> None:  # noqa: ARG002
        self.calls["delete"] += 1

    async def extend(self, receipt: str, *, visibility_seconds: int) -> None:  # noqa: ARG002
        self.calls["extend"] += 1

    async def visible(self) -> int:
        return self._waiting.qsize()


class TimedNoop:
    """The no-op engine, which notes the moment of each call."""

    def __init__(self) -> None:
        self.at: list[float] = []

    async def run(self, work: Work) -> TickOutcome:
        self.at.append(asyncio.get_running_loop().time())
        return StepFinished(output={"attempt": work.claim.attempt})


@dataclass(slots=True)
class LocalWorker:
    """`queue` gives it step messages, and `engine` runs them."""

    queue: ListQueue
    engine: TimedNoop
    called_back: int = 0
    _expected: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    async def work_off(self, dispatches: Sequence[StepDispatch], *, seconds: float = 60) -> float:
        """Execute all steps; return the seconds until the last callback."""
        self._expected = self.called_back + len(dispatches)
        self._done.clear()
        bodies = [_body(dispatch) for dispatch in dispatches]
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.queue.put(bodies)
        async with asyncio.timeout(seconds):
            await self._done.wait()
        return loop.time() - began

    async def take_callbacks(self, effects: Sequence[Due]) -> Sequence[Due]:
        self.called_back += len(effects)
        if self.called_back >= self._expected:
            self._done.set()
        return []

    async def take_messages(self, effects: Sequence[Due]) -> Sequence[Due]:
        for start in range(0, len(effects), BATCH):
            batch = effects[start : start + BATCH]
            await self.queue.send([Outgoing(_json(effect.payload), str(effect.tenant_id)) for effect in batch])
        return []


@asynccontextmanager
async def local_worker(
    orchestrator_url: str, relay_url: str, *, concurrency: int, pool_size: int, observe: Observer | None = None
) -> AsyncIterator[LocalWorker]:
    """A worker with connection pools of its own; `observe` is told of each statement that it sends."""
    async with AsyncExitStack() as stack:
        own = database(orchestrator_url, pool_size=pool_size, observe=observe)
        relaying = database(relay_url, pool_size=2, observe=observe)
        stack.push_async_callback(own.close)
        stack.push_async_callback(relaying.close)
        wakeups = Wakeups(DatabaseSettings(url=PostgresDsn(orchestrator_url)), "outbox", "fenced")
        failpoints = Failpoints(None, environment="test")
        taker = Taker(own, worker_id="bench", lease_seconds=45)
        writer = OutcomeWriter(own, taker, failpoints)
        worker = LocalWorker(ListQueue(), TimedNoop())
        leases = Leases(own, worker.queue, wakeups, lease_seconds=45, renew_seconds=15, visibility_seconds=60)
        deleter = Deleter(worker.queue)
        advancer = Advancer({StepKind.NOOP: worker.engine}, writer, failpoints, Expansion(own).run, WorkerBreakers())
        consumer = Consumer(
            worker.queue,
            taker,
            Picker(own, taker),
            advancer,
            leases,
            deleter,
            concurrency=concurrency,
            poll_seconds=20,
            visibility_seconds=60,
        )
        senders = {
            OutboxKind.STEP_CALLBACK: EffectSender(worker.take_callbacks),
            OutboxKind.STEP_MESSAGE: EffectSender(worker.take_messages, ahead=True),
        }
        relay = Relay(relaying, wakeups, senders)
        loops = (wakeups.run(), leases.keep(), deleter.run(), relay.run(), consumer.run())
        tasks = [asyncio.create_task(work) for work in loops]
        try:
            yield worker
        finally:
            await consumer.drain(seconds=5)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def telemetry_to_nowhere() -> None:
    """Set up logs and spans as in the service, so that they cost the same; the lines are written to /dev/null."""
    traces.configure("bench")
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - it is open as long as the process
    handler = logging.StreamHandler(nowhere)
    handler.setFormatter(logs.JsonFormatter("bench"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def _body(dispatch: StepDispatch) -> str:
    return _json(step_message(dispatch).payload)


def _json(payload: dict[str, object]) -> str:
    return json.dumps(payload)
