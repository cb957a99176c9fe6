"""Writes rows of the audit as CSV or as lines of JSON, page by page, so that any number of rows takes little memory."""

from collections.abc import AsyncIterator

from control_plane.governance.audit.schemas import AuditRow, ExportFormat
from control_plane.requests.answers.csv_rows import csv_rows
from foundation.storage.audit import log
from foundation.storage.audit.books import Whose, opened
from foundation.storage.audit.log import AuditFilter
from foundation.storage.session.database import Database
from foundation.storage.session.pages import PagePart

_PAGE = 200
_COLUMNS = tuple(AuditRow.model_fields)
MEDIA_TYPES = {ExportFormat.CSV: "text/csv; charset=utf-8", ExportFormat.JSONL: "application/jsonl"}


async def exported(database: Database, whose: Whose, wanted: AuditFilter, form: ExportFormat) -> AsyncIterator[bytes]:
    """Newest first, each page in a transaction of its own; rows that are written meanwhile are not among them."""
    before: int | None = None
    head = csv_rows([_COLUMNS]) if form is ExportFormat.CSV else b""
    while True:
        async with opened(database, whose) as tx:
            after = None if before is None else (before,)
            page = await log.page(tx, whose, wanted, PagePart("-id", _PAGE, after, content=log.WHOLE))
        rows = [AuditRow.of(entry) for entry in page.rows]
        if form is ExportFormat.CSV:
            yield head + csv_rows(row.model_dump(mode="json").values() for row in rows)
            head = b""
        else:
            yield "".join(row.model_dump_json() + "\n" for row in rows).encode()
        if len(rows) < _PAGE and not page.more:
            return
        before = page.rows[-1].audit_id
