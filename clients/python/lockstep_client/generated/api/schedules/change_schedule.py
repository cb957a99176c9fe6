from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.schedule_change import ScheduleChange
from ...models.whole_schedule_view import WholeScheduleView
from ...types import UNSET, Unset


def call(
    schedule_id: UUID,
    *,
    body: ScheduleChange,
    if_match: str | Unset = UNSET,
) -> Call[WholeScheduleView]:
    """`change_schedule`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/schedules/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> WholeScheduleView:
    if response.status_code == 200:
        response_200 = WholeScheduleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
