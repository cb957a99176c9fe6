from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_role_view import PageRoleView
from ...models.permission import Permission
from ...types import UNSET, Unset


def call(
    *,
    permission: Permission | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageRoleView]:
    """`list_roles`, unsent."""

    params: dict[str, Any] = {}

    json_permission: str | Unset = UNSET
    if not isinstance(permission, Unset):
        json_permission = permission.value

    params["permission"] = json_permission

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/roles",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageRoleView:
    if response.status_code == 200:
        response_200 = PageRoleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
