from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_schedule import NewSchedule
from ...models.whole_schedule_view import WholeScheduleView


def call(
    *,
    body: NewSchedule,
) -> Call[WholeScheduleView]:
    """`create_schedule`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/schedules",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> WholeScheduleView:
    if response.status_code == 201:
        response_201 = WholeScheduleView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
