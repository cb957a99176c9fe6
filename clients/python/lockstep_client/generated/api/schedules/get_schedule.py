from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.whole_schedule_view import WholeScheduleView


def call(
    schedule_id: UUID,
) -> Call[WholeScheduleView]:
    """`get_schedule`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/schedules/{schedule_id}".format(
            schedule_id=quote(str(schedule_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> WholeScheduleView:
    if response.status_code == 200:
        response_200 = WholeScheduleView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
