"""How the orchestrator's effects leave the outbox: to SQS, to Step Functions, and to the runs below others."""

import asyncio
import json
import math
from collections.abc import Sequence

from foundation.cloud.executions.base import Executions
from foundation.cloud.queue.base import BATCH, Outgoing, Queue
from foundation.domain.errors import LockstepError
from foundation.storage.session.outbox import Due, OutboxKind
from foundation.storage.session.relay import EffectSender
from foundation.telemetry.logs import logger
from orchestrator.failpoints import Failpoints
from orchestrator.outbox.following import Following

_log = logger(__name__)
_AT_ONCE = 8


def senders(
    queue: Queue, executions: Executions, following: Following, failpoints: Failpoints
) -> dict[OutboxKind, EffectSender]:
    async def messages(effects: Sequence[Due]) -> list[Due]:
        failed: list[Due] = []
        for start in range(0, len(effects), BATCH):
            batch = effects[start : start + BATCH]
            failpoints.reach("message.before_send")
            outgoing = [
                Outgoing(
                    body=json.dumps(effect.payload),
                    group=str(effect.tenant_id),
                    delay_seconds=math.ceil(effect.wait_seconds),
                )
                for effect in batch
            ]
            taken = await queue.send(outgoing)
            failed += [effect for effect, ok in zip(batch, taken, strict=True) if not ok]
            failpoints.reach("message.after_send")
        return failed

    async def callbacks(effects: Sequence[Due]) -> list[Due]:
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(effect: Due) -> Due | None:
            async with slots:
                failpoints.reach("callback.before_send")
                try:
                    await executions.succeed(effect.payload["task_token"], json.dumps(effect.payload["output"]))
                except LockstepError as error:
                    _log.debug("a callback could not be sent", extra={"error": error.detail})
                    return effect
                failpoints.reach("callback.after_send")
                return None

        return [effect for effect in await asyncio.gather(*(one(effect) for effect in effects)) if effect is not None]

    return {
        OutboxKind.STEP_MESSAGE: EffectSender(messages, ahead=True),
        OutboxKind.STEP_CALLBACK: EffectSender(callbacks),
        OutboxKind.FOLLOW_PARENT: EffectSender(following.deliver),
    }
