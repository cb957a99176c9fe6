from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.approval_view import ApprovalView
from ...models.new_decision import NewDecision
from ...types import UNSET, Unset


def call(
    approval_id: UUID,
    *,
    body: NewDecision,
    if_match: str | Unset = UNSET,
) -> Call[ApprovalView]:
    """`decide_approval`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/approvals/{approval_id}".format(
            approval_id=quote(str(approval_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> ApprovalView:
    if response.status_code == 200:
        response_200 = ApprovalView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
