import datetime
from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.created_at_order import CreatedAtOrder
from ...models.list_runs_fields_item import ListRunsFieldsItem
from ...models.page_listed_run import PageListedRun
from ...models.run_status import RunStatus
from ...types import UNSET, Unset


def call(
    *,
    status: RunStatus | Unset = UNSET,
    task_id: UUID | Unset = UNSET,
    forked_from: UUID | Unset = UNSET,
    parent_run_id: UUID | Unset = UNSET,
    started_by: str | Unset = UNSET,
    stuck: bool | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: CreatedAtOrder | Unset = UNSET,
    fields: list[ListRunsFieldsItem] | Unset = UNSET,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[PageListedRun]:
    """`list_runs`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    json_task_id: str | Unset = UNSET
    if not isinstance(task_id, Unset):
        json_task_id = str(task_id)
    params["task_id"] = json_task_id

    json_forked_from: str | Unset = UNSET
    if not isinstance(forked_from, Unset):
        json_forked_from = str(forked_from)
    params["forked_from"] = json_forked_from

    json_parent_run_id: str | Unset = UNSET
    if not isinstance(parent_run_id, Unset):
        json_parent_run_id = str(parent_run_id)
    params["parent_run_id"] = json_parent_run_id

    params["started_by"] = started_by

    params["stuck"] = stuck

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

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/runs",
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> PageListedRun:
    if response.status_code == 200:
        response_200 = PageListedRun.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
