from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.defined_task import DefinedTask
from ...models.task_definition import TaskDefinition


def call(
    *,
    body: TaskDefinition,
) -> Call[DefinedTask]:
    """`create_task`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/tasks",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> DefinedTask:
    if response.status_code == 201:
        response_201 = DefinedTask.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
