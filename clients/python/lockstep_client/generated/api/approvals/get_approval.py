from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.approval_view import ApprovalView


def call(
    approval_id: UUID,
) -> Call[ApprovalView]:
    """`get_approval`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/approvals/{approval_id}".format(
            approval_id=quote(str(approval_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ApprovalView:
    if response.status_code == 200:
        response_200 = ApprovalView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
