from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_role import NewRole
from ...models.role_view import RoleView
from ...types import UNSET, Unset


def call(
    *,
    body: NewRole,
    idempotency_key: str | Unset = UNSET,
) -> Call[RoleView]:
    """`create_role`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/roles",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> RoleView:
    if response.status_code == 200:
        response_200 = RoleView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = RoleView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
