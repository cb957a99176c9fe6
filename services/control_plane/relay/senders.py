"""How the control plane's effects leave the outbox: executions are started and stopped, money scopes closed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence

from opentelemetry.trace import SpanKind

from control_plane.gateway_client.client import GatewayClient
from control_plane.relay.final_usage import FinalUsage
from foundation.cloud.executions.base import Executions, execution_name
from foundation.domain.errors import LockstepError
from foundation.domain.states import RunStatus
from foundation.storage.session.outbox import Due, OutboxKind
from foundation.storage.session.relay import Deliver, EffectSender
from foundation.telemetry import metrics
from foundation.telemetry.logs import bind, logger
from foundation.telemetry.traces import span

_log = logger(__name__)
_AT_ONCE = 10
"""Effects of one kind that are sent beside one another, so that a slow answer does not hold up a whole batch."""


def senders_to_executions(executions: Executions) -> dict[OutboxKind, EffectSender]:
    """How executions are started and stopped; a failure leaves an effect in the outbox, to be sent again."""

    async def start(effect: Due) -> None:
        name = execution_name(effect.run_id, effect.payload["generation"])
        with span("start execution", traceparent=effect.payload.get("traceparent"), kind=SpanKind.PRODUCER):
            await executions.start(name, json.dumps(effect.payload))

    async def stop(effect: Due) -> None:
        name = execution_name(effect.run_id, effect.payload["generation"])
        await executions.stop(name, cause=effect.payload["cause"])

    return {
        OutboxKind.START_EXECUTION: EffectSender(_some_at_once(start)),
        OutboxKind.STOP_EXECUTION: EffectSender(_some_at_once(stop)),
    }


def senders_to_gateway(gateway: GatewayClient, final_usage: FinalUsage) -> dict[OutboxKind, EffectSender]:
    """How the gateway learns of ended runs. A relay of its own sends this, so that no run waits for the gateway."""

    async def close(effect: Due) -> None:
        await gateway.close_run(effect.tenant_id, effect.run_id, generation=effect.payload["generation"])
        labels = metrics.RUN_DURATION.labels(str(effect.tenant_id), effect.payload["status"])
        labels.observe(effect.payload["seconds"])
        if effect.payload["status"] == RunStatus.TIMED_OUT:
            metrics.TIMEOUTS.labels("run").inc()

    return {
        OutboxKind.CLOSE_RUN: EffectSender(_some_at_once(close)),
        OutboxKind.CONFIRM_USAGE: EffectSender(_some_at_once(final_usage.confirm)),
    }


def _some_at_once(send: Callable[[Due], Awaitable[None]]) -> Deliver:
    async def deliver(effects: Sequence[Due]) -> list[Due]:
        places = asyncio.Semaphore(_AT_ONCE)

        async def is_sent(effect: Due) -> bool:
            async with places:
                with bind(tenant_id=effect.tenant_id, run_id=effect.run_id):
                    try:
                        await send(effect)
                    except LockstepError as error:
                        extra = {"kind": effect.kind.value, "error": error.detail}
                        _log.info("an effect could not be sent", extra=extra)
                        return False
            return True

        sent = await asyncio.gather(*map(is_sent, effects))
        return [effect for effect, done in zip(effects, sent, strict=True) if not done]

    return deliver
