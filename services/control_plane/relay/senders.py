"""How the control plane's effects leave the outbox: executions are started and stopped, money scopes closed."""

import json
from collections.abc import Awaitable, Callable, Sequence

from control_plane.gateway_client.client import GatewayClient
from control_plane.relay.final_usage import FinalUsage
from foundation.cloud.executions.base import Executions, execution_name
from foundation.domain.errors import LockstepError
from foundation.storage.session.outbox import Due, OutboxKind
from foundation.storage.session.relay import Deliver, EffectSender
from foundation.telemetry import metrics
from foundation.telemetry.logs import bind, logger

_log = logger(__name__)


def senders(executions: Executions, gateway: GatewayClient, final_usage: FinalUsage) -> dict[OutboxKind, EffectSender]:
    """How each kind of effect is sent; a failure leaves it in the outbox, to be sent again."""

    async def start(effect: Due) -> None:
        name = execution_name(effect.run_id, effect.payload["generation"])
        await executions.start(name, json.dumps(effect.payload))

    async def stop(effect: Due) -> None:
        name = execution_name(effect.run_id, effect.payload["generation"])
        await executions.stop(name, cause=effect.payload["cause"])

    async def close(effect: Due) -> None:
        await gateway.close_run(effect.tenant_id, effect.run_id, generation=effect.payload["generation"])
        labels = metrics.RUN_DURATION.labels(str(effect.tenant_id), effect.payload["status"])
        labels.observe(effect.payload["seconds"])

    return {
        OutboxKind.START_EXECUTION: EffectSender(_each(start)),
        OutboxKind.STOP_EXECUTION: EffectSender(_each(stop)),
        OutboxKind.CLOSE_RUN: EffectSender(_each(close)),
        OutboxKind.CONFIRM_USAGE: EffectSender(_each(final_usage.confirm)),
    }


def _each(send: Callable[[Due], Awaitable[None]]) -> Deliver:
    async def deliver(effects: Sequence[Due]) -> list[Due]:
        failed = []
        for effect in effects:
            with bind(tenant_id=effect.tenant_id, run_id=effect.run_id):
                try:
                    await send(effect)
                except LockstepError as error:
                    _log.info("an effect could not be sent", extra={"kind": effect.kind.value, "error": error.detail})
                    failed.append(effect)
        return failed

    return deliver
