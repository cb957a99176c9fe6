from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_trigger import NewTrigger
from ...models.new_trigger_view import NewTriggerView
from ...types import UNSET, Unset


def call(
    *,
    body: NewTrigger,
    idempotency_key: str | Unset = UNSET,
) -> Call[NewTriggerView]:
    """`create_trigger`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/triggers",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> NewTriggerView:
    if response.status_code == 201:
        response_201 = NewTriggerView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
