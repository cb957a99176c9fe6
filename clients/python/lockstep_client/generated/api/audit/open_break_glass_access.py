from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.access_view import AccessView
from ...models.open_access import OpenAccess
from ...types import UNSET, Unset


def call(
    *,
    body: OpenAccess,
    idempotency_key: str | Unset = UNSET,
) -> Call[AccessView]:
    """`open_break_glass_access`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/operations/break-glass-accesses",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> AccessView:
    if response.status_code == 200:
        response_200 = AccessView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = AccessView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
