from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.list_task_versions_fields_item import ListTaskVersionsFieldsItem
from ...models.page_listed_task_version import PageListedTaskVersion
from ...models.version_order import VersionOrder
from ...types import UNSET, Unset


def call(
    task_id: UUID,
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    sort: VersionOrder | Unset = UNSET,
    fields: list[ListTaskVersionsFieldsItem] | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[PageListedTaskVersion]:
    """`list_task_versions`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

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
        url="/api/v1/tasks/{task_id}/versions".format(
            task_id=quote(str(task_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> PageListedTaskVersion:
    if response.status_code == 200:
        response_200 = PageListedTaskVersion.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
