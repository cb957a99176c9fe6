from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_webhook import NewWebhook
from ...models.new_webhook_view import NewWebhookView
from ...types import UNSET, Unset


def call(
    *,
    body: NewWebhook,
    idempotency_key: str | Unset = UNSET,
) -> Call[NewWebhookView]:
    """`create_webhook`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/webhooks",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> NewWebhookView:
    if response.status_code == 201:
        response_201 = NewWebhookView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
