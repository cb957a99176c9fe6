from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.firing_status import FiringStatus
from ...models.page_firing_view import PageFiringView
from ...types import UNSET, Unset


def call(
    schedule_id: UUID,
    *,
    status: FiringStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageFiringView]:
    """`list_schedule_firings`, unsent."""

    params: dict[str, Any] = {}

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/schedules/{schedule_id}/firings".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageFiringView:
    if response.status_code == 200:
        response_200 = PageFiringView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
