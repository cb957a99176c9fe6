from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.approval_status import ApprovalStatus
from ...models.page_approval_view import PageApprovalView
from ...types import UNSET, Unset


def call(
    *,
    status: ApprovalStatus | Unset = UNSET,
    run_id: UUID | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageApprovalView]:
    """`list_approvals`, unsent."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    json_run_id: str | Unset = UNSET
    if not isinstance(run_id, Unset):
        json_run_id = str(run_id)
    params["run_id"] = json_run_id

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/approvals",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageApprovalView:
    if response.status_code == 200:
        response_200 = PageApprovalView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
