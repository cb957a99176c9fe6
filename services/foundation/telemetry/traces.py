"""W3C trace context: one trace a run, carried from the API to the tool."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_TRACER = "lockstep"


def configure(service: str) -> None:
    """Gives this process a tracer; call it once, in `main()`."""
    trace.set_tracer_provider(TracerProvider(resource=Resource.create({"service.name": service})))


def current_traceparent() -> str | None:
    """The `traceparent` header to send from here, or None outside a trace."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def trace_id_of(traceparent: str | None) -> str | None:
    """The trace of a `traceparent` header; None without one, and of one that is malformed."""
    if traceparent is None:
        return None
    context = trace.get_current_span(_propagator.extract({"traceparent": traceparent})).get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


@contextmanager
def span(name: str, *, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[trace.Span]:
    """A span below `traceparent` when one is given (a malformed one is ignored), else below the current span."""
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with trace.get_tracer(_TRACER).start_as_current_span(name, context=parent, kind=kind) as started:
        yield started
