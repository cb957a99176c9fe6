"""`/audit`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from control_plane.dependencies import App, AuditReader, Paging, Tx
from control_plane.governance.audit.export import MEDIA_TYPES, exported
from control_plane.governance.audit.schemas import AuditOutcome, AuditRow, ExportFormat
from control_plane.requests.answers.streamed import begun
from control_plane.requests.paging import Listing, Page
from control_plane.requests.texts import Moment
from foundation.storage.audit import log
from foundation.storage.audit.log import AuditEntry, AuditFilter

router = APIRouter(prefix="/audit", tags=["audit"])


def _audit_id(text: str) -> int:
    """As a cursor has it; ValueError for one that no row can have."""
    audit_id = int(text) if len(text) < 20 else 0  # noqa: PLR2004  # digits of 64 bits
    if not 0 < audit_id < 1 << 63:
        raise ValueError("no id of a row")
    return audit_id


_AUDIT = Listing[AuditEntry]("audit", lambda entry: (entry.audit_id,), kinds=(_audit_id,))


def wanted_rows(
    actor: Annotated[str | None, Query(max_length=300)] = None,
    action: Annotated[str | None, Query(max_length=120)] = None,
    target: Annotated[str | None, Query(max_length=2048)] = None,
    outcome: Annotated[AuditOutcome | None, Query()] = None,
    since: Annotated[Moment | None, Query(description="from this moment on")] = None,
    until: Annotated[Moment | None, Query(description="before this moment")] = None,
) -> AuditFilter:
    return AuditFilter(actor, action, target, outcome, since, until)


WantedRows = Annotated[AuditFilter, Depends(wanted_rows)]


@router.get("", summary="What was done in the tenant, or tried, newest first", operation_id="list_audit")
async def list_audit(caller: AuditReader, tx: Tx, paging: Paging, wanted: WantedRows) -> Page[AuditRow]:
    after = _AUDIT.after(paging)
    rows = await log.page(tx, caller.tenant_id, wanted, limit=paging.rows, before=after[0] if after else None)
    page, next_cursor = _AUDIT.cut(rows, paging)
    return Page(items=[AuditRow.of(entry) for entry in page], next_cursor=next_cursor)


@router.get(
    "/export",
    summary="All rows that are asked for, as CSV or as lines of JSON",
    operation_id="export_audit",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "the rows, newest first",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/jsonl": {"schema": {"type": "string"}},
            },
        }
    },
)
async def export(
    caller: AuditReader,
    app: App,
    wanted: WantedRows,
    format: ExportFormat = ExportFormat.JSONL,  # noqa: A002
) -> StreamingResponse:
    body = await begun(exported(app.database, caller.tenant_id, wanted, format))
    headers = {"Content-Disposition": f'attachment; filename="audit.{format}"'}
    return StreamingResponse(body, media_type=MEDIA_TYPES[format], headers=headers)
