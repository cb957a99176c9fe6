"""Consumes the dead letters: fails a step whose message no worker could handle, and keeps what nobody can read."""

import asyncio

from pydantic import ValidationError

from foundation.cloud.queue.base import Queue, Received
from foundation.contracts.step_message import StepMessage
from foundation.domain.errors import LockstepError
from foundation.domain.failures import Failure, FailureCode
from foundation.storage.execution.dead import unreadable_messages
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from foundation.workflow import claims
from orchestrator.claiming.taking import dispatch_of
from orchestrator.recording.failed import record_failed
from orchestrator.recording.handed_over import record_lost_in_doubt

_log = logger(__name__)
_PAUSE_SECONDS = 5.0


class DeadLetters:
    """Receives messages from the dead-letter queue; each is deleted there once the database has what becomes of it."""

    def __init__(self, queue: Queue, database: Database, *, worker_id: str) -> None:
        self._queue = queue
        self._database = database
        self._worker_id = worker_id

    async def run(self) -> None:
        """Consumes until cancelled."""
        while True:
            try:
                for message in await self._queue.receive(10, wait_seconds=20):
                    await self.handle(message)
                    await self._queue.delete([message.receipt])
            except (LockstepError, OSError) as error:
                _log.debug("dead letters cannot be read now", extra={"error": type(error).__name__})
                await asyncio.sleep(_PAUSE_SECONDS)

    async def handle(self, message: Received) -> None:
        """Claims the step and fails it, unless it has a live holder or is at another tick: then others care for it."""
        try:
            parsed = StepMessage.model_validate_json(message.body)
        except ValidationError:
            _log.warning("a dead letter cannot be read", extra={"head": message.body[:200]})
            async with self._database.across_tenants(reason="nobody knows whose message this is") as tx:
                await unreadable_messages.keep(tx, message.body, receive_count=message.receive_count)
            return
        dispatch = dispatch_of(parsed)
        async with self._database.tenant(parsed.tenant_id) as tx:
            claim = await claims.claim(tx, dispatch, worker_id=self._worker_id, lease_seconds=30, admitted=True)
            if claim is None:
                _log.info("a dead letter is of no live step", extra={"step_id": str(parsed.step_id)})
                return
            failure = Failure(
                FailureCode.DEAD_LETTER, "the step's message was received too often without a result", retryable=True
            )
            lease = claim.lease_fence()
            if await record_lost_in_doubt(tx, lease):
                _log.warning("nobody knows what a tool did; its step waits for a decision")
                return
            await record_failed(tx, lease, failure, exhausted=True, receive_count=message.receive_count)
        _log.warning("a step failed as a dead letter", extra={"step_id": str(parsed.step_id)})
