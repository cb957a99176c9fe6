"""Hands each span of OpenTelemetry's SDK, when it ends, to where this process keeps its spans."""

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from foundation.telemetry.spans.buffer import SpanSink
from foundation.telemetry.spans.record import MAX_NAME, RecordedKind, SpanRecord, SpanStatus, known_attributes, shown

_KINDS = {kind: RecordedKind[kind.name] for kind in SpanKind}


class SinkProcessor(SpanProcessor):
    """Makes a `SpanRecord` of each ended span."""

    def __init__(self, sink: SpanSink, *, service: str) -> None:
        self._sink = sink
        self._service = service

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Nothing is kept of a span that has not ended."""

    def on_end(self, span: ReadableSpan) -> None:
        context = span.get_span_context()
        if context is None or span.start_time is None or span.end_time is None:
            return
        self._sink.add(
            SpanRecord(
                trace_id=f"{context.trace_id:032x}",
                span_id=f"{context.span_id:016x}",
                parent_span_id=f"{span.parent.span_id:016x}" if span.parent else None,
                name=shown(span.name, MAX_NAME),
                kind=_KINDS[span.kind],
                service=self._service,
                started_ns=span.start_time,
                ended_ns=span.end_time,
                attributes=known_attributes(span.attributes or {}),
                status=SpanStatus.ERROR if span.status.status_code is StatusCode.ERROR else SpanStatus.UNSET,
            )
        )
