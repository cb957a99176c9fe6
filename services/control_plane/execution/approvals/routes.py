"""`/approvals`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import ApprovalDecider, ApprovalReader, IfMatch, Tx
from control_plane.execution.approvals import service
from control_plane.execution.approvals.schemas import ApprovalView, NewDecision
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ApprovalId, RunId
from foundation.domain.states import ApprovalStatus
from foundation.http.openapi import refusals
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import Approval

router = RoomRouter(prefix="/approvals", tags=["approvals"])

_APPROVALS = ListOf[Approval]("approvals", ApprovalView, approvals.PAGES.orders, large=approvals.PAGES.large)


def _with_tag(response: Response, approval: Approval) -> ApprovalView:
    response.headers["ETag"] = etag(approval.version)
    return ApprovalView.of(approval)


@router.get(
    "",
    summary="Requests for approval, newest first",
    operation_id="list_approvals",
    responses=refusals(422),
    response_model=_APPROVALS.page,
)
async def list_approvals(
    caller: ApprovalReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_APPROVALS)],
    status: Annotated[ApprovalStatus | None, Query()] = None,
    run_id: Annotated[RunId | None, Query()] = None,
) -> Response:
    rows = await approvals.page(tx, caller.tenant_id, asked.part, status=status, run_id=run_id)
    return _APPROVALS.answer(rows, asked, ApprovalView.of)


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
    if_match: IfMatch,
) -> ApprovalView:
    expected = expected_version(if_match)
    return _with_tag(response, await service.decide(tx, caller, approval_id, body, expected=expected))
