from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.call_status import CallStatus
from ...models.page_trigger_call_view import PageTriggerCallView
from ...types import UNSET, Unset


def call(
    trigger_id: UUID,
    *,
    status: CallStatus | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageTriggerCallView]:
    """`list_trigger_calls`, unsent."""

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
        url="/api/v1/triggers/{trigger_id}/calls".format(
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageTriggerCallView:
    if response.status_code == 200:
        response_200 = PageTriggerCallView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
