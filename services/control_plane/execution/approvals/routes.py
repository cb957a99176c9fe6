"""`/approvals`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from control_plane.dependencies import ApprovalDecider, ApprovalReader, IfMatch, Paging, Tx
from control_plane.execution.approvals import service
from control_plane.execution.approvals.schemas import ApprovalView, NewDecision
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.paging import Listing, Page, moment
from foundation.domain.ids import ApprovalId, RunId
from foundation.domain.states import ApprovalStatus
from foundation.http.openapi import refusals
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import Approval

router = APIRouter(prefix="/approvals", tags=["approvals"])

_APPROVALS = Listing[Approval](
    "approvals", lambda approval: (approval.requested_at, approval.approval_id), kinds=(moment, UUID)
)


def _with_tag(response: Response, approval: Approval) -> ApprovalView:
    response.headers["ETag"] = etag(approval.version)
    return ApprovalView.of(approval)


@router.get("", summary="Requests for approval, newest first", operation_id="list_approvals")
async def list_approvals(
    caller: ApprovalReader,
    tx: Tx,
    paging: Paging,
    status: Annotated[ApprovalStatus | None, Query()] = None,
    run_id: Annotated[RunId | None, Query()] = None,
) -> Page[ApprovalView]:
    rows = await approvals.page(
        tx, caller.tenant_id, limit=paging.rows, after=_APPROVALS.after(paging), status=status, run_id=run_id
    )
    page, next_cursor = _APPROVALS.cut(rows, paging)
    return Page(items=[ApprovalView.of(approval) for approval in page], next_cursor=next_cursor)


@router.get("/{approval_id}", summary="A request for approval", operation_id="get_approval", responses=refusals(404))
async def get(approval_id: ApprovalId, response: Response, caller: ApprovalReader, tx: Tx) -> ApprovalView:
    return _with_tag(response, await service.get(tx, caller, approval_id))


@router.post(
    "/{approval_id}",
    summary="Decide a request, once",
    operation_id="decide_approval",
    responses=refusals(404, 409, 412, 413, 415),
)
async def decide(
    approval_id: ApprovalId,
    body: NewDecision,
    response: Response,
    caller: ApprovalDecider,
    tx: Tx,
    if_match: IfMatch = None,
) -> ApprovalView:
    expected = expected_version(if_match)
    return _with_tag(response, await service.decide(tx, caller, approval_id, body, expected=expected))
