"""The span of a tick of a step: what it is, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from foundation.domain.states import StepKind
from foundation.storage.execution.dispatches import StepClaim
from foundation.telemetry.spans.record import MAX_NAME, AttributeValue, SpanAttribute, shown
from foundation.telemetry.traces import failed, span
from orchestrator.work import TickFailed


@contextmanager
def step_span(claim: StepClaim) -> Iterator[None]:
    """Below the run's `traceparent`, whoever sent the message that brought the tick."""
    about: dict[SpanAttribute, AttributeValue] = {
        SpanAttribute.STEP_NAME: claim.name,
        SpanAttribute.STEP_KIND: claim.kind.value,
        SpanAttribute.STEP_ATTEMPT: claim.attempt,
        SpanAttribute.STEP_TURN: claim.turn,
        SpanAttribute.STEP_TICK: claim.dispatch.tick,
    }
    if claim.kind is StepKind.AGENT:
        # OpenTelemetry's name for it
        about |= {SpanAttribute.GEN_AI_OPERATION: "invoke_agent", SpanAttribute.GEN_AI_AGENT_NAME: claim.name}
    what = "invoke_agent" if claim.kind is StepKind.AGENT else f"step {claim.kind.value}"
    with span(shown(f"{what} {claim.name}", MAX_NAME), traceparent=claim.traceparent, attributes=about):
        yield


@contextmanager
def failures_named() -> Iterator[None]:
    """Marks the current span with the code of an error that is raised here, which goes on."""
    try:
        yield
    except TickFailed as error:
        failed(str(error.failure.code))
        raise
    except Exception as error:
        failed(str(getattr(error, "code", type(error).__name__)))
        raise
