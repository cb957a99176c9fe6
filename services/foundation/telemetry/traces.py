"""W3C trace context and spans: one trace a run, carried from the API to the tool."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from foundation.telemetry.logs import bound
from foundation.telemetry.spans.buffer import SpanSink
from foundation.telemetry.spans.processor import SinkProcessor
from foundation.telemetry.spans.record import MAX_TEXT, AttributeValue, SpanAttribute

_propagator = TraceContextTextMapPropagator()
_TRACER = "lockstep"
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
_LIMITS = SpanLimits(max_attributes=len(SpanAttribute), max_events=0, max_links=0, max_attribute_length=MAX_TEXT)
_OF_LOGS = {
    "tenant_id": SpanAttribute.TENANT_ID,
    "run_id": SpanAttribute.RUN_ID,
    "step_id": SpanAttribute.STEP_ID,
    "job_id": SpanAttribute.JOB_ID,
}


@dataclass(frozen=True, slots=True)
class TraceParent:
    """A place in a trace, below which something happens."""

    trace_id: str
    span_id: str

    def header(self) -> str:
        """As a `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def configure(service: str, *, into: SpanSink | None = None) -> None:
    """Gives this process a tracer; call it once, in `main()`. Spans that end go `into` a sink, or nowhere.

    All are taken: whether a run has a trace is not for its caller's `traceparent` to say.
    """
    resource = Resource.create({"service.name": service})
    provider = TracerProvider(resource=resource, sampler=ALWAYS_ON, span_limits=_LIMITS)
    if into is not None:
        provider.add_span_processor(SinkProcessor(into, service=service))
    trace.set_tracer_provider(provider)


def current_traceparent() -> str | None:
    """The `traceparent` header to send from here, or None outside a trace."""
    # by hand, as every answer has one, and the SDK's propagator takes several times as long
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


def parse_traceparent(traceparent: str | None) -> TraceParent | None:
    """The place that a `traceparent` header names; None without one, and for one that is malformed."""
    # by hand, as the gateway reads one with every call, and the SDK takes several times as long
    found = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent)
    # the version ff is none, and only later versions than ours have more fields
    if found is None or found[1] == "ff" or (found[1] == "00" and found[4] is not None):
        return None
    return TraceParent(found[2], found[3])


def trace_id_of(traceparent: str | None) -> str | None:
    """The trace of a `traceparent` header; None without one, and of one that is malformed."""
    parent = parse_traceparent(traceparent)
    return None if parent is None else parent.trace_id


def new_span_id() -> str:
    """An id for a span that is told without the SDK."""
    return secrets.token_hex(8)


@contextmanager
def span(
    name: str,
    *,
    traceparent: str | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[SpanAttribute, AttributeValue] | None = None,
) -> Iterator[trace.Span]:
    """A span below `traceparent` when one is given (a malformed one is ignored), else below the current span.

    It says whose it is by what is bound to the logs. An error that leaves it is named by its type or code, and by
    nothing that it says, since that may be content.
    """
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    about: dict[str, AttributeValue] = {**_ids(), **{name.value: value for name, value in (attributes or {}).items()}}
    with _tracer_of(trace.get_tracer_provider()).start_as_current_span(
        name, context=parent, kind=kind, attributes=about, record_exception=False, set_status_on_exception=False
    ) as started:
        try:
            yield started
        except BaseException as error:
            failed(str(getattr(error, "code", type(error).__name__)))
            raise


def annotate(attributes: Mapping[SpanAttribute, AttributeValue]) -> None:
    """Says more of the current span."""
    current = trace.get_current_span()
    for attribute, value in attributes.items():
        current.set_attribute(attribute.value, value)


def failed(error_type: str) -> None:
    """Marks what the current span tells of as failed; `error_type` is a code or the name of a class."""
    current = trace.get_current_span()
    current.set_attribute(SpanAttribute.ERROR_TYPE.value, error_type)
    current.set_status(Status(StatusCode.ERROR))


@cache
def _tracer_of(provider: trace.TracerProvider) -> trace.Tracer:
    """Kept, since the SDK makes another one at each call; a process has one provider."""
    return provider.get_tracer(_TRACER)


def _ids() -> dict[str, AttributeValue]:
    return {_OF_LOGS[name].value: value for name, value in bound().items() if name in _OF_LOGS}
