"""`/runs/{run_id}/trace` and `/traces/{trace_id}`."""

from typing import Annotated

from fastapi import Depends, Path

from control_plane.dependencies import App, RunReader, TraceReader, Tx
from control_plane.insight.traces import service
from control_plane.insight.traces.schemas import SpanView, TenantSpanView, TenantTracePage, TracePage
from control_plane.requests.lists.asked import pages_of
from control_plane.requests.lists.paging import Listing, PageRequest, moment
from control_plane.rooms import RoomRouter
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals
from foundation.storage.spans.reading import StoredSpan

router = RoomRouter(tags=["traces"])


def span_id(text: str) -> str:
    """A span's id as a cursor has it; `ValueError` for another text."""
    if len(text) != 16 or not set(text) <= set("0123456789abcdef"):  # noqa: PLR2004 - W3C Trace Context
        raise ValueError("no span has such an id")
    return text


_OF_RUN = Listing[StoredSpan]("spans of a run", lambda span: span.place, kinds=(moment, span_id))
_OF_TRACE = Listing[StoredSpan]("spans of a trace", lambda span: span.place, kinds=(moment, span_id))


SpanPaging = Annotated[PageRequest, Depends(pages_of(200, 1000, told="spans a page"))]
TraceId = Annotated[
    str,
    Path(description="as `trace_id` of a run, an error or a log line"),
    WrittenAs(r"^[0-9a-f]{32}$", "a trace's id is 32 digits from 0 to 9 and a to f"),
]


@router.get(
    "/runs/{run_id}/trace",
    summary="What all services did for a run and for those below it, span by span, oldest first",
    operation_id="get_run_trace",
    responses=refusals(404, 410),
)
async def of_run(run_id: RunId, caller: RunReader, tx: Tx, paging: SpanPaging) -> TracePage:
    trace_id, found = await service.of_run(tx, caller, run_id, page=paging, after=_OF_RUN.after(paging))
    spans, next_cursor = _OF_RUN.cut(found, paging)
    return TracePage(trace_id=trace_id, items=[SpanView.of(span) for span in spans], next_cursor=next_cursor)


@router.get(
    "/traces/{trace_id}",
    summary="Spans of one trace, oldest first: the tenant's own, or for operators all, without tenants' words",
    operation_id="get_trace",
    responses=refusals(404),
)
async def of_trace(trace_id: TraceId, caller: TraceReader, app: App, paging: SpanPaging) -> TenantTracePage:
    found = await service.of_trace(app, caller, trace_id, page=paging, after=_OF_TRACE.after(paging))
    spans, next_cursor = _OF_TRACE.cut(found, paging)
    return TenantTracePage(
        trace_id=trace_id, items=[TenantSpanView.of(span) for span in spans], next_cursor=next_cursor
    )
