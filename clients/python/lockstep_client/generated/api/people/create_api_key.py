from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_key import NewKey
from ...models.new_key_view import NewKeyView
from ...types import UNSET, Unset


def call(
    *,
    body: NewKey,
    idempotency_key: str | Unset = UNSET,
) -> Call[NewKeyView]:
    """`create_api_key`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/api-keys",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> NewKeyView:
    if response.status_code == 201:
        response_201 = NewKeyView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
