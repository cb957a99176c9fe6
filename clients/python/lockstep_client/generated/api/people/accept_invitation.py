from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.acceptance import Acceptance
from ...models.accepted import Accepted


def call(
    *,
    body: Acceptance,
) -> Call[Accepted]:
    """`accept_invitation`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/invitations/accept",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> Accepted:
    if response.status_code == 200:
        response_200 = Accepted.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
