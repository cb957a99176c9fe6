"""The spans of one job: as its runner hands them in, and of what it asked its proxy for, wherever that was."""

from collections.abc import Sequence

from foundation.contracts.egress.records import EgressRecord, EgressReport, EgressVerdict
from foundation.contracts.job_spans import MOST_SPANS, JobSpan
from foundation.telemetry.spans.record import (
    MAX_NAME,
    AttributeValue,
    SpanAttribute,
    SpanRecord,
    SpanStatus,
    known_attributes,
    shown,
)
from foundation.telemetry.traces import new_span_id

_SHOWN_REQUESTS = MOST_SPANS - 4
"""The rest is for the spans of the job itself, and for the launcher's."""


def job_spans(ended: Sequence[SpanRecord], egress: EgressReport) -> tuple[JobSpan, ...]:
    """Those that have ended here, and one for each of the first requests below the last to end, which is the job's."""
    return with_requests([_of_record(span) for span in ended if span.parent_span_id is not None], egress)


def with_requests(spans: Sequence[JobSpan], egress: EgressReport) -> tuple[JobSpan, ...]:
    """These, and one for each of the first requests below the last of them, which is the job's."""
    if not spans:
        return ()
    of_job = list(spans)
    job = of_job[-1]
    left_out = max(0, len(egress.records) - _SHOWN_REQUESTS) + egress.refusals_left_out
    if left_out:
        told = {**job.attributes, SpanAttribute.SPANS_LEFT_OUT.value: left_out}
        of_job[-1] = job.model_copy(update={"attributes": told})
    requests = [_of_request(record, below=job.span_id) for record in egress.records[:_SHOWN_REQUESTS]]
    return (*of_job[-3:], *requests)


def _of_record(span: SpanRecord) -> JobSpan:
    return JobSpan(
        span_id=span.span_id,
        parent_span_id=str(span.parent_span_id),
        name=span.name,
        kind="internal",
        service="tool_runtime.runner",
        started_ns=span.started_ns,
        ended_ns=span.ended_ns,
        failed=span.status is SpanStatus.ERROR,
        attributes=dict(span.attributes),
    )


def _of_request(record: EgressRecord, *, below: str) -> JobSpan:
    started_ns = int(record.at.timestamp() * 1_000_000_000)
    about: dict[str, AttributeValue | None] = {
        SpanAttribute.HTTP_METHOD.value: record.method,
        SpanAttribute.SERVER_ADDRESS.value: record.host,
        SpanAttribute.SERVER_PORT.value: record.port,
        SpanAttribute.OUTCOME.value: record.verdict.value,
        SpanAttribute.ERROR_TYPE.value: record.reason.value if record.reason else None,
        SpanAttribute.BYTES_UP.value: record.up,
        SpanAttribute.BYTES_DOWN.value: record.down,
    }
    return JobSpan(
        span_id=new_span_id(),
        parent_span_id=below,
        name=shown(f"egress {record.method} {record.host}".rstrip(), MAX_NAME),
        kind="client",
        service="tool_runtime.runner",
        started_ns=started_ns,
        ended_ns=started_ns + record.ms * 1_000_000,
        failed=record.verdict is not EgressVerdict.ALLOWED,
        attributes=known_attributes(about),
    )
