from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_role import NewRole
from ...models.role_view import RoleView


def call(
    *,
    body: NewRole,
) -> Call[RoleView]:
    """`create_role`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/roles",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> RoleView:
    if response.status_code == 201:
        response_201 = RoleView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
