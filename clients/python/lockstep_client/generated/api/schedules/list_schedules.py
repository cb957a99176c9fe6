from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_schedule_view import PageScheduleView
from ...types import UNSET, Unset


def call(
    *,
    task_id: UUID | Unset = UNSET,
    paused: bool | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageScheduleView]:
    """`list_schedules`, unsent."""

    params: dict[str, Any] = {}

    json_task_id: str | Unset = UNSET
    if not isinstance(task_id, Unset):
        json_task_id = str(task_id)
    params["task_id"] = json_task_id

    params["paused"] = paused

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/schedules",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageScheduleView:
    if response.status_code == 200:
        response_200 = PageScheduleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
