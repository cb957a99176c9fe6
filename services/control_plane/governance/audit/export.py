"""Writes rows of the audit as CSV or as lines of JSON, page by page, so that any number of rows takes little memory."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from control_plane.governance.audit.schemas import AuditOutcome, AuditRow, ExportFormat
from control_plane.requests.answers.csv_rows import csv_rows
from foundation.storage.audit import log
from foundation.storage.audit.books import Whose, opened
from foundation.storage.audit.log import AuditFilter
from foundation.storage.session.database import Database
from foundation.storage.session.pages import PagePart

_PAGE = 200
_COLUMNS = tuple(AuditRow.model_fields)
_EXAMPLE = AuditRow(
    id=815,
    at=datetime(2026, 11, 29, 18, tzinfo=UTC),
    actor="user:019a0000-0000-7000-8000-000000000000",
    action="budget.put",
    target="tenant",
    outcome=AuditOutcome.DONE,
    status=None,
    operation="put_budget",
    detail={"before": {"tokens": 1000}, "after": {"tokens": 2000}},
    request_id="019a0000-0000-7000-8000-000000000001",
    ip="192.0.2.7",
    user_agent="lockstep-client",
    trace_id="0af7651916cd43dd8448eb211c80319c",
    position=4711,
    hash="0f" * 32,
)
MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/jsonl"}


def _written(rows: Sequence[AuditRow], form: ExportFormat, *, head: bool) -> bytes:
    """The rows as they stand in the file; of the first of a CSV the names of the columns stand above."""
    if form is ExportFormat.JSONL:
        return "".join(row.model_dump_json() + "\n" for row in rows).encode()
    return (csv_rows([_COLUMNS]) if head else b"") + csv_rows(row.model_dump(mode="json").values() for row in rows)


def described() -> dict[str, object]:
    """What the API's document says of an export in each of its forms, with an example as one is written."""
    return {
        kind.partition(";")[0]: {
            "schema": {"type": "string"},
            "example": _written([_EXAMPLE], form, head=True).decode(),
        }
        for form, kind in MEDIA_TYPES.items()
    }


async def exported(database: Database, whose: Whose, wanted: AuditFilter, form: ExportFormat) -> AsyncIterator[bytes]:
    """Newest first, each page in a transaction of its own; rows that are written meanwhile are not among them."""
    before: int | None = None
    while True:
        async with opened(database, whose) as tx:
            after = None if before is None else (before,)
            page = await log.page(tx, whose, wanted, PagePart("-id", _PAGE, after, content=log.WHOLE))
        yield _written([AuditRow.of(entry) for entry in page.rows], form, head=before is None)
        if len(page.rows) < _PAGE and not page.more:
            return
        before = page.rows[-1].audit_id
