from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_member_view import PageMemberView
from ...types import UNSET, Unset


def call(
    *,
    role: str | Unset = UNSET,
    email: str | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageMemberView]:
    """`list_members`, unsent."""

    params: dict[str, Any] = {}

    params["role"] = role

    params["email"] = email

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/members",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageMemberView:
    if response.status_code == 200:
        response_200 = PageMemberView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
