from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.invitation_status import InvitationStatus
from ...models.page_invitation_view import PageInvitationView
from ...types import UNSET, Unset


def call(
    *,
    status: InvitationStatus | Unset = UNSET,
    email: str | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageInvitationView]:
    """`list_invitations`, unsent."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["email"] = email

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/invitations",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageInvitationView:
    if response.status_code == 200:
        response_200 = PageInvitationView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
