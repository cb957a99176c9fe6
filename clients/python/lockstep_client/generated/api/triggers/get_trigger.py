from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.trigger_view import TriggerView


def call(
    trigger_id: UUID,
) -> Call[TriggerView]:
    """`get_trigger`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/triggers/{trigger_id}".format(
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> TriggerView:
    if response.status_code == 200:
        response_200 = TriggerView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
