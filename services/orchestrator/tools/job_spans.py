"""Spans that came with a job's result, told as this worker's own: it says whose they are, and of which trace."""

from foundation.contracts.job_spans import JobSpan
from foundation.contracts.tool_job import ToolJob, ToolResult
from foundation.telemetry.spans.buffer import KEPT, SpanSink
from foundation.telemetry.spans.record import (
    MAX_NAME,
    RecordedKind,
    SpanAttribute,
    SpanRecord,
    SpanStatus,
    known_attributes,
    shown,
)
from foundation.telemetry.traces import trace_id_of


def keep_spans(job: ToolJob, result: ToolResult, *, into: SpanSink = KEPT) -> None:
    """Hands on the spans of a result, of which a second holder of the job tells the same ones again."""
    trace_id = trace_id_of(job.traceparent)
    if trace_id is not None:
        for span in result.spans:
            into.add(_record_of(span, job, trace_id))


def _record_of(span: JobSpan, job: ToolJob, trace_id: str) -> SpanRecord:
    return SpanRecord(
        trace_id=trace_id,
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        name=shown(span.name, MAX_NAME),
        kind=RecordedKind(span.kind),
        service=span.service,
        started_ns=span.started_ns,
        ended_ns=max(span.started_ns, span.ended_ns),
        attributes={
            **known_attributes(span.attributes),
            SpanAttribute.TENANT_ID.value: str(job.tenant_id),
            SpanAttribute.RUN_ID.value: str(job.run_id),
            SpanAttribute.STEP_ID.value: str(job.step_id),
        },
        status=SpanStatus.ERROR if span.failed else SpanStatus.UNSET,
    )
