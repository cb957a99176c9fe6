from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.created_at_order import CreatedAtOrder
from ...models.list_schedules_fields_item import ListSchedulesFieldsItem
from ...models.page_listed_schedule import PageListedSchedule
from ...types import UNSET, Unset


def call(
    *,
    task_id: UUID | Unset = UNSET,
    paused: bool | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: CreatedAtOrder | Unset = UNSET,
    fields: list[ListSchedulesFieldsItem] | Unset = UNSET,
) -> Call[PageListedSchedule]:
    """`list_schedules`, unsent."""

    params: dict[str, Any] = {}

    json_task_id: str | Unset = UNSET
    if not isinstance(task_id, Unset):
        json_task_id = str(task_id)
    params["task_id"] = json_task_id

    params["paused"] = paused

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
        url="/api/v1/schedules",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageListedSchedule:
    if response.status_code == 200:
        response_200 = PageListedSchedule.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
