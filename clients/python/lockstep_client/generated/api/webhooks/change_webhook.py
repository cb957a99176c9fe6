from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.webhook_change import WebhookChange
from ...models.webhook_view import WebhookView
from ...types import UNSET, Unset


def call(
    webhook_id: UUID,
    *,
    body: WebhookChange,
    if_match: str | Unset = UNSET,
) -> Call[WebhookView]:
    """`change_webhook`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/webhooks/{webhook_id}".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> WebhookView:
    if response.status_code == 200:
        response_200 = WebhookView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
