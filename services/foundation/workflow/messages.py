"""Step messages as they leave through the outbox; the orchestrator's relay sends them, whoever wrote them."""

from foundation.contracts.step_message import StepMessage
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.outbox import OutboxEffect, OutboxKind
from foundation.telemetry.traces import current_traceparent


def step_message(dispatch: StepDispatch, *, delay_seconds: float = 0) -> OutboxEffect:
    """The outbox row that brings a step to the queue again, with the token that waits for it."""
    message = StepMessage(
        tenant_id=dispatch.tenant_id,
        run_id=dispatch.run_id,
        generation=dispatch.generation,
        step_id=dispatch.step_id,
        tick=dispatch.tick,
        task_token=dispatch.task_token,
        traceparent=current_traceparent(),
    )
    payload = message.model_dump(mode="json")
    return OutboxEffect(OutboxKind.STEP_MESSAGE, dispatch.run_id, payload, dispatch.step_id, delay_seconds)
