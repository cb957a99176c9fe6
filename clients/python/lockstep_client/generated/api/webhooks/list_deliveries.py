from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.created_at_order import CreatedAtOrder
from ...models.delivery_status import DeliveryStatus
from ...models.list_deliveries_fields_item import ListDeliveriesFieldsItem
from ...models.page_listed_delivery import PageListedDelivery
from ...types import UNSET, Unset


def call(
    webhook_id: UUID,
    *,
    status: DeliveryStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: CreatedAtOrder | Unset = UNSET,
    fields: list[ListDeliveriesFieldsItem] | Unset = UNSET,
) -> Call[PageListedDelivery]:
    """`list_deliveries`, unsent."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["limit"] = limit

    params["cursor"] = cursor

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    json_fields: list[str] | Unset = UNSET
    if not isinstance(fields, Unset):
        json_fields = []
        for fields_item_data in fields:
            fields_item = fields_item_data.value
            json_fields.append(fields_item)

    params["fields"] = json_fields

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/webhooks/{webhook_id}/deliveries".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedDelivery:
    if response.status_code == 200:
        response_200 = PageListedDelivery.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
