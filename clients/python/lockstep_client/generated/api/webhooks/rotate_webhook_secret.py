from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_webhook_view import NewWebhookView
from ...models.rotation import Rotation
from ...types import UNSET, Unset


def call(
    webhook_id: UUID,
    *,
    body: Rotation | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[NewWebhookView]:
    """`rotate_webhook_secret`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/webhooks/{webhook_id}/rotate-secret".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> NewWebhookView:
    if response.status_code == 200:
        response_200 = NewWebhookView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
