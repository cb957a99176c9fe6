"""Traces as the API shows them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.spans.reading import StoredSpan


class SpanView(BaseModel):
    """One piece of work of one service. Spans form a tree by `parent_span_id`."""

    span_id: str
    parent_span_id: str | None = Field(
        description="null, or of no span that is stored, where a tree begins: its caller's span, or one that was lost"
    )
    run_id: RunId | None
    step_id: StepId | None
    name: str
    kind: Literal["internal", "server", "client", "producer", "consumer"]
    service: str
    status: Literal["unset", "error"]
    started_at: datetime
    duration_ms: float
    attributes: dict[str, str | int | float | bool]

    @classmethod
    def of(cls, span: StoredSpan) -> Self:
        return cls.model_validate(
            {
                "span_id": span.span_id,
                "parent_span_id": span.parent_span_id,
                "run_id": span.run_id,
                "step_id": span.step_id,
                "name": span.name,
                "kind": span.kind,
                "service": span.service,
                "status": span.status,
                "started_at": span.started_at,
                "duration_ms": span.duration_us / 1000,
                "attributes": span.attributes,
            }
        )


class TracePage(BaseModel):
    """Spans of a trace, oldest first; `next_cursor` is null on the last page."""

    trace_id: str | None = Field(description="null for a run that was started before there were traces")
    items: list[SpanView]
    next_cursor: str | None


class TenantSpanView(SpanView):
    """A span, and whose it is: a trace that callers name may be one of several tenants."""

    tenant_id: TenantId

    @classmethod
    def of(cls, span: StoredSpan) -> Self:
        return cls.model_validate({**SpanView.of(span).model_dump(), "tenant_id": span.tenant_id})


class TenantTracePage(BaseModel):
    """Spans of a trace with their tenants, oldest first; `next_cursor` is null on the last page."""

    trace_id: str
    items: list[TenantSpanView]
    next_cursor: str | None
