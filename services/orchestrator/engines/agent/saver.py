"""LangGraph's checkpoints in our tables: buffered while a tick runs, written with the transaction that records it."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)

from foundation.contracts.run_events import StepCheckpointRefused
from foundation.storage.execution import run_events
from foundation.storage.execution.checkpoints import reading, recording
from foundation.storage.execution.checkpoints.chains import Manifest
from foundation.storage.execution.checkpoints.reading import Loaded
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Database, Transaction
from foundation.telemetry.logs import logger
from orchestrator.engines.agent.buffer import Kept, TickBuffer, place_of
from orchestrator.work import Record

_log = logger(__name__)
MESSAGES = "messages"
"""The channel whose entries are stored one by one, so that a turn adds only what is new."""


class BufferedSaver(BaseCheckpointSaver[str]):
    """Serves one tick of one step: loads the step's last checkpoint, keeps the tick's in memory, records the newest."""

    def __init__(self, database: Database, claim: StepClaim) -> None:
        super().__init__()
        self._database = database
        self._claim = claim
        self._buffer = TickBuffer()
        self._thread = thread_of(claim)
        self._read = False
        self._loaded: Loaded | None = None

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        await self._read_once(config)
        return self._buffer.get(config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002 - LangGraph's interface
    ) -> RunnableConfig:
        return self._buffer.put(config, checkpoint, metadata)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",  # noqa: ARG002 - LangGraph's interface
    ) -> None:
        """Kept for this tick: of a turn that has not ended the model call and the tools are replayed, not run again."""
        self._buffer.put_writes(config, writes, task_id)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's interface
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """The tick's checkpoints and the one that it went on from; the API lists all that are recorded."""
        if config is not None:
            await self._read_once(config)
        last = get_checkpoint_id(before) if before is not None else None
        for one in self._buffer.list(config, having=filter or {}, before=last, limit=limit):
            yield one

    async def adelete_thread(self, thread_id: str) -> None:
        """Forgets what this tick has of the thread; what is recorded is deleted through the API, which audits it."""
        self._buffer.forget(thread_id)

    def recorded(self, turn: int) -> Record:
        """The write of what is the newest checkpoint now, as this turn's, with the transaction that records the tick.

        A turn after it, which something interrupts, leaves a newer one behind that is never written.
        """
        newest = self._buffer.newest((self._thread, ""))
        if newest is None:
            raise RuntimeError("the tick left no checkpoint")
        kept = newest

        async def record(tx: Transaction) -> None:
            await self._write(tx, turn, kept)

        return record

    async def _write(self, tx: Transaction, turn: int, kept: Kept) -> None:
        """Writes the checkpoint as this turn's.

        Where the tick went on from an earlier turn than the step's last, the refused checkpoints are replaced, and each
        is told by an event.
        """
        checkpoint, metadata = kept.checkpoint, kept.metadata
        dispatch, loaded = self._claim.dispatch, self._loaded
        await recording.write(
            tx,
            dispatch.tenant_id,
            dispatch.step_id,
            turn=turn,
            checkpoint_id=checkpoint["id"],
            parts=_parts(self.serde.dumps_typed, checkpoint),
            metadata=json.loads(json.dumps(metadata, default=str)),
            mend_after=loaded.stored.turn if loaded is not None and loaded.refused else None,
        )
        if loaded is not None and loaded.refused:
            used = loaded.stored.turn
            events = [
                StepCheckpointRefused(step_id=dispatch.step_id, turn=one.turn, fault=one.fault, used=used)
                for one in loaded.refused
            ]
            await run_events.append(tx, dispatch.tenant_id, dispatch.run_id, events)

    async def _read_once(self, config: RunnableConfig) -> None:
        """Reads the step's last checkpoint when its thread is first asked for."""
        if not self._read and place_of(config) == (self._thread, ""):
            self._read = True
            await self._load()

    async def _load(self) -> None:
        claim = self._claim
        if claim.checkpoint_head is None or claim.checkpoint_length is None:
            return
        expected = Manifest(claim.checkpoint_head, claim.checkpoint_length)
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            loaded = await reading.load(tx, claim.dispatch.tenant_id, claim.dispatch.step_id, expected=expected)
        stored = loaded.stored
        for one in loaded.refused:
            extra = {"turn": one.turn, "fault": one.fault, "used": stored.turn}
            _log.warning("a checkpoint is damaged; an earlier one is used", extra=extra)
        self._loaded = loaded
        kind, _, rest = stored.parts[0].partition(b"\n")
        checkpoint: Checkpoint = self.serde.loads_typed((kind.decode(), rest))
        checkpoint["channel_values"][MESSAGES] = [json.loads(part) for part in stored.parts[1:]]
        metadata: CheckpointMetadata = stored.metadata  # type: ignore[assignment]  # what `record` stored
        self._buffer.put({"configurable": {"thread_id": self._thread}}, checkpoint, metadata)


def thread_of(claim: StepClaim) -> str:
    """The thread of a step, as LangGraph calls what goes on over several ticks."""
    return str(claim.dispatch.step_id)


def _parts(dumps_typed: Any, checkpoint: Checkpoint) -> list[bytes]:
    """First everything but the messages, then one part for each message; equal messages give equal bytes."""
    messages = checkpoint["channel_values"].get(MESSAGES, [])
    rest: dict[str, Any] = {**checkpoint, "channel_values": {**checkpoint["channel_values"], MESSAGES: []}}
    kind, body = dumps_typed(rest)
    message_parts = [json.dumps(message, sort_keys=True, ensure_ascii=False).encode() for message in messages]
    return [kind.encode() + b"\n" + body, *message_parts]
