from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.delivery_view import DeliveryView


def call(
    webhook_id: UUID,
) -> Call[DeliveryView]:
    """`test_webhook`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/webhooks/{webhook_id}/test".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> DeliveryView:
    if response.status_code == 202:
        response_202 = DeliveryView.from_dict(json_of(response))

        return response_202

    raise UndocumentedAnswer(response)
