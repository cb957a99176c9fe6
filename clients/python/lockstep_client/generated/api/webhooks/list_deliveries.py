from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.delivery_status import DeliveryStatus
from ...models.page_delivery_view import PageDeliveryView
from ...types import UNSET, Unset


def call(
    webhook_id: UUID,
    *,
    status: DeliveryStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageDeliveryView]:
    """`list_deliveries`, unsent."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/webhooks/{webhook_id}/deliveries".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageDeliveryView:
    if response.status_code == 200:
        response_200 = PageDeliveryView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
