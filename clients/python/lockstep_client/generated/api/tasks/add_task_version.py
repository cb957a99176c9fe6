from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.defined_task import DefinedTask
from ...models.task_definition import TaskDefinition
from ...types import UNSET, Unset


def call(
    task_id: UUID,
    *,
    body: TaskDefinition,
    if_match: str | Unset = UNSET,
) -> Call[DefinedTask]:
    """`add_task_version`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/tasks/{task_id}".format(
            task_id=quote(str(task_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> DefinedTask:
    if response.status_code == 200:
        response_200 = DefinedTask.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
