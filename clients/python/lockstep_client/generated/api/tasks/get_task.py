from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.task_view import TaskView
from ...types import UNSET, Unset


def call(
    task_id: UUID,
    *,
    version: int | Unset = UNSET,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[TaskView]:
    """`get_task`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    params: dict[str, Any] = {}

    params["version"] = version

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/tasks/{task_id}".format(
            task_id=quote(str(task_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> TaskView:
    if response.status_code == 200:
        response_200 = TaskView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
