from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.webhook_view import WebhookView


def call(
    webhook_id: UUID,
) -> Call[WebhookView]:
    """`get_webhook`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/webhooks/{webhook_id}".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> WebhookView:
    if response.status_code == 200:
        response_200 = WebhookView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
