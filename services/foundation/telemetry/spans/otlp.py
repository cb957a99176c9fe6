"""Sends spans to a collector by OTLP over HTTP, where OpenTelemetry's own variables name one."""

import asyncio
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags
from pydantic import AliasChoices, Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.telemetry.logs import logger
from foundation.telemetry.metrics import SPANS_DROPPED, SPANS_SENT
from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.record import SpanRecord, SpanStatus

_BATCH = 512
_PAUSE_SECONDS = 1.0
_SCOPE = InstrumentationScope("lockstep")
_STATUS = {SpanStatus.UNSET: Status(StatusCode.UNSET), SpanStatus.ERROR: Status(StatusCode.ERROR)}

_log = logger(__name__)


class OtlpSettings(BaseSettings):
    """Whether spans are exported. Its exporter itself reads the further `OTEL_EXPORTER_OTLP_…` variables."""

    model_config = SettingsConfigDict(extra="ignore")

    endpoint: HttpUrl | None = Field(
        default=None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="address of a collector that takes OTLP over HTTP; without it nothing is exported",
    )


class OtlpExport:
    """Spans that wait for the collector, in a buffer of their own, so that a slow one delays nothing else."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._waiting = SpanBuffer()
        self._resources: dict[str, Resource] = {}

    def offer(self, spans: Sequence[SpanRecord]) -> None:
        for span in spans:
            self._waiting.add(span)

    async def run(self) -> None:
        """Sends what waits, in batches, until it is cancelled."""
        while True:
            await self.send_all()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def send_all(self) -> None:
        while batch := self._waiting.take(_BATCH):
            # The exporter tries again by itself for some seconds, on a thread, as it blocks.
            sent = await asyncio.to_thread(self._exporter.export, [self._readable(span) for span in batch])
            if sent is SpanExportResult.SUCCESS:
                SPANS_SENT.labels("otlp").inc(len(batch))
            else:
                SPANS_DROPPED.labels("not_exported").inc(len(batch))
                _log.warning("the collector did not take spans", extra={"spans": len(batch)})

    def close(self) -> None:
        self._exporter.shutdown()

    def _readable(self, span: SpanRecord) -> ReadableSpan:
        """The span as the SDK's exporters take it."""
        resource = self._resources.get(span.service)
        if resource is None:
            resource = self._resources[span.service] = Resource.create({"service.name": span.service})
        parent = span.parent_span_id
        return ReadableSpan(
            name=span.name,
            context=_context(span.trace_id, span.span_id),
            parent=None if parent is None else _context(span.trace_id, parent),
            resource=resource,
            attributes=span.attributes,
            kind=SpanKind[span.kind.name],
            status=_STATUS[span.status],
            start_time=span.started_ns,
            end_time=span.ended_ns,
            instrumentation_scope=_SCOPE,
        )


def otlp_export() -> OtlpExport | None:
    """The export of this process; None where no collector is named."""
    return None if OtlpSettings().endpoint is None else OtlpExport(OTLPSpanExporter())


def _context(trace_id: str, span_id: str) -> SpanContext:
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
