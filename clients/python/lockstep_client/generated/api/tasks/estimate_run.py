from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.estimate_run import EstimateRun
from ...models.estimate_view import EstimateView


def call(
    task_id: UUID,
    *,
    body: EstimateRun,
) -> Call[EstimateView]:
    """`estimate_run`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/tasks/{task_id}/estimate".format(
            task_id=quote(str(task_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> EstimateView:
    if response.status_code == 200:
        response_200 = EstimateView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
