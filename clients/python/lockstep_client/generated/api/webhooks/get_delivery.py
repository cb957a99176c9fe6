from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.whole_delivery_view import WholeDeliveryView


def call(
    webhook_id: UUID,
    delivery_id: UUID,
) -> Call[WholeDeliveryView]:
    """`get_delivery`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}".format(
            webhook_id=quote(str(webhook_id), safe=""),
            delivery_id=quote(str(delivery_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> WholeDeliveryView:
    if response.status_code == 200:
        response_200 = WholeDeliveryView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
