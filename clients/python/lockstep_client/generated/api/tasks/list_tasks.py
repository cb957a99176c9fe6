from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_task_view import PageTaskView
from ...models.task_order import TaskOrder
from ...types import UNSET, Unset


def call(
    *,
    name: str | Unset = UNSET,
    sort: TaskOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageTaskView]:
    """`list_tasks`, unsent."""

    params: dict[str, Any] = {}

    params["name"] = name

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/tasks",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageTaskView:
    if response.status_code == 200:
        response_200 = PageTaskView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
