from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.active_tenant import ActiveTenant
from ...models.me import Me


def call(
    *,
    body: ActiveTenant,
) -> Call[Me]:
    """`put_active_tenant`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/users/me/active-tenant",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> Me:
    if response.status_code == 200:
        response_200 = Me.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
