from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.member_change import MemberChange
from ...models.member_view import MemberView
from ...types import UNSET, Unset


def call(
    user_id: UUID,
    *,
    body: MemberChange,
    if_match: str | Unset = UNSET,
) -> Call[MemberView]:
    """`change_member`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/members/{user_id}".format(
            user_id=quote(str(user_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> MemberView:
    if response.status_code == 200:
        response_200 = MemberView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
