"""`/audit` of a tenant, and `/operations/audit` of the platform."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Response
from fastapi.responses import StreamingResponse

from control_plane.dependencies import App, AuditReader, PlatformOperator, Tx
from control_plane.governance.audit.export import MEDIA_TYPES, described, exported
from control_plane.governance.audit.schemas import AuditOutcome, AuditRow, ExportFormat
from control_plane.requests.answers.streamed import begun
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.lists.ranges import AskedRange, MomentRange
from control_plane.requests.texts import Moment
from control_plane.resources import AppResources
from control_plane.rooms import RoomRouter
from foundation.domain.errors import BadRequest, Fault
from foundation.http.openapi import Responses, refusals
from foundation.storage.audit import log
from foundation.storage.audit.books import Whose, opened
from foundation.storage.audit.log import AuditEntry, AuditFilter

router = RoomRouter(tags=["audit"])


_AUDIT = ListOf[AuditEntry]("audit", AuditRow, log.PAGES.orders, large=log.PAGES.large)
_PLATFORMS = ListOf[AuditEntry](
    "the platform's audit", AuditRow, log.PLATFORM_PAGES.orders, large=log.PLATFORM_PAGES.large
)
_AS_FILE: Responses = {
    200: {
        "description": "the rows, newest first",
        "content": described(),
    }
}


Actor = Annotated[str | None, Query(max_length=300)]
Action = Annotated[str | None, Query(max_length=120)]
Target = Annotated[str | None, Query(max_length=2048)]
Outcome = Annotated[AuditOutcome | None, Query()]


async def wanted_platform_rows(
    asked: AskedRange, actor: Actor = None, action: Action = None, target: Target = None, outcome: Outcome = None
) -> AuditFilter:
    return AuditFilter(actor, action, target, outcome, asked.first, asked.end)


WantedPlatformRows = Annotated[AuditFilter, Depends(wanted_platform_rows)]


async def wanted_rows(
    wanted: WantedPlatformRows,
    since: Annotated[Moment | None, Query(deprecated=True, description="use `from`")] = None,
    until: Annotated[Moment | None, Query(deprecated=True, description="use `to`")] = None,
) -> AuditFilter:
    asked = MomentRange(_one_of("from", wanted.since, "since", since), _one_of("to", wanted.until, "until", until))
    return replace(wanted, since=asked.first, until=asked.end)


def _one_of(name: str, value: datetime | None, former: str, formers: datetime | None) -> datetime | None:
    if value is not None and formers is not None:
        detail = f"{name} and {former} say the same; send {name} alone"
        raise BadRequest(detail, faults=(Fault(f"/query/{former}", detail),))
    return formers if value is None else value


WantedRows = Annotated[AuditFilter, Depends(wanted_rows)]


@router.get(
    "/audit",
    summary="What was done in the tenant, or tried, newest first",
    operation_id="list_audit",
    responses=refusals(422),
    response_model=_AUDIT.page,
)
async def list_audit(
    caller: AuditReader, tx: Tx, asked: Annotated[ListRequest, Depends(_AUDIT)], wanted: WantedRows
) -> Response:
    rows = await log.page(tx, caller.tenant_id, wanted, asked.part)
    return _AUDIT.answer(rows, asked, AuditRow.of)


@router.get(
    "/audit/export",
    summary="All rows that are asked for, as CSV or as lines of JSON",
    operation_id="export_audit",
    response_class=StreamingResponse,
    responses=_AS_FILE,
)
async def export(
    caller: AuditReader,
    app: App,
    wanted: WantedRows,
    format: ExportFormat = ExportFormat.JSONL,  # noqa: A002
) -> StreamingResponse:
    return await _file(app, caller.tenant_id, wanted, format)


@router.get(
    "/operations/audit",
    summary="What operators did, and what people did who act in no tenant, newest first; for operators alone",
    operation_id="list_platform_audit",
    responses=refusals(422),
    response_model=_PLATFORMS.page,
)
async def list_platforms(
    _caller: PlatformOperator, app: App, asked: Annotated[ListRequest, Depends(_PLATFORMS)], wanted: WantedPlatformRows
) -> Response:
    async with opened(app.database, None) as tx:
        rows = await log.page(tx, None, wanted, asked.part)
    return _PLATFORMS.answer(rows, asked, AuditRow.of)


@router.get(
    "/operations/audit/export",
    summary="All rows of the platform's audit that are asked for, as CSV or as lines of JSON; for operators alone",
    operation_id="export_platform_audit",
    response_class=StreamingResponse,
    responses=_AS_FILE,
)
async def export_platforms(
    _caller: PlatformOperator,
    app: App,
    wanted: WantedPlatformRows,
    format: ExportFormat = ExportFormat.JSONL,  # noqa: A002
) -> StreamingResponse:
    return await _file(app, None, wanted, format)


async def _file(app: AppResources, whose: Whose, wanted: AuditFilter, form: ExportFormat) -> StreamingResponse:
    body = await begun(exported(app.database, whose, wanted, form))
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    return StreamingResponse(body, media_type=MEDIA_TYPES[form], headers=headers)
