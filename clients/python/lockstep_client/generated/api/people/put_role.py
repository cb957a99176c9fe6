from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_role import NewRole
from ...models.role_view import RoleView
from ...types import UNSET, Unset


def call(
    role_id: UUID,
    *,
    body: NewRole,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[RoleView]:
    """`put_role`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/roles/{role_id}".format(
            role_id=quote(str(role_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> RoleView:
    if response.status_code == 200:
        response_200 = RoleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
