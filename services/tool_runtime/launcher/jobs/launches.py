"""The span of a job from its submission to its result, below which its runner's spans stand."""

import time
from dataclasses import dataclass
from typing import Self

from foundation.contracts.job_spans import MOST_SPANS, JobSpan
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from foundation.telemetry.spans.record import MAX_NAME, SpanAttribute, shown
from foundation.telemetry.traces import TraceParent, new_span_id, parse_traceparent
from tool_runtime.launcher.jobs.open_jobs import OpenJob


@dataclass(frozen=True, slots=True)
class Launch:
    """A job that a runner has been given."""

    entry: OpenJob
    parent: TraceParent
    span_id: str
    taken: float
    """On the monotonic clock, as the job's `submitted` is."""

    @classmethod
    def of(cls, entry: OpenJob) -> Self | None:
        """None for a job that was asked for outside a trace."""
        parent = parse_traceparent(entry.job.traceparent)
        return None if parent is None else cls(entry, parent, new_span_id(), time.monotonic())

    def job(self) -> ToolJob:
        """The job as the runner gets it, whose span is below this one."""
        below = TraceParent(self.parent.trace_id, self.span_id)
        return self.entry.job.model_copy(update={"traceparent": below.header()})

    def told(self, result: ToolResult) -> ToolResult:
        """The result with this span before the runner's."""
        ended_ns = time.time_ns()
        waited = self.taken - self.entry.submitted
        span = JobSpan(
            span_id=self.span_id,
            parent_span_id=self.parent.span_id,
            name=shown(f"launch {self.entry.job.tool}", MAX_NAME),
            kind="server",
            service="tool_runtime",
            started_ns=ended_ns - int((time.monotonic() - self.entry.submitted) * 1_000_000_000),
            ended_ns=ended_ns,
            failed=result.status is not JobStatus.SUCCEEDED,
            attributes={
                SpanAttribute.JOB_ID.value: str(result.job_id),
                SpanAttribute.GEN_AI_TOOL_NAME.value: self.entry.job.tool,
                SpanAttribute.OUTCOME.value: result.status.value,
                SpanAttribute.WAIT_MS.value: round(waited * 1000),
            },
        )
        return result.model_copy(update={"spans": (span, *result.spans[: MOST_SPANS - 1])})
