from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.call_status import CallStatus
from ...models.list_trigger_calls_fields_item import ListTriggerCallsFieldsItem
from ...models.page_listed_trigger_call import PageListedTriggerCall
from ...models.received_at_order import ReceivedAtOrder
from ...types import UNSET, Unset


def call(
    trigger_id: UUID,
    *,
    status: CallStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: ReceivedAtOrder | Unset = UNSET,
    fields: list[ListTriggerCallsFieldsItem] | Unset = UNSET,
) -> Call[PageListedTriggerCall]:
    """`list_trigger_calls`, unsent."""

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
        url="/api/v1/triggers/{trigger_id}/calls".format(
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedTriggerCall:
    if response.status_code == 200:
        response_200 = PageListedTriggerCall.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
