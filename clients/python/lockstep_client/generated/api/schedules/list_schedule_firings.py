from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.fires_at_order import FiresAtOrder
from ...models.firing_status import FiringStatus
from ...models.list_schedule_firings_fields_item import ListScheduleFiringsFieldsItem
from ...models.page_listed_firing import PageListedFiring
from ...types import UNSET, Unset


def call(
    schedule_id: UUID,
    *,
    status: FiringStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: FiresAtOrder | Unset = UNSET,
    fields: list[ListScheduleFiringsFieldsItem] | Unset = UNSET,
) -> Call[PageListedFiring]:
    """`list_schedule_firings`, unsent."""

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
        url="/api/v1/schedules/{schedule_id}/firings".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedFiring:
    if response.status_code == 200:
        response_200 = PageListedFiring.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
